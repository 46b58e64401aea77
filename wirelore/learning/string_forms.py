"""Forms of strings: kinds of text that are recognized by a pattern.

A form is not a fact about the protocol. It is learned if all strings of a place, and enough distinct ones, have it.
"""

import re
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any, Final

FORM_LIMIT = 4
"""Maximum number of forms of the strings at one place; with more, the strings count as having no form."""

EMPTY: Final = "empty"
"""The form of the empty string; on its own it gives no pattern."""

_PATTERNS: Final = {
    EMPTY: "",
    "boolean": "true|false",
    "integer": "-?(?:0|[1-9][0-9]*)",
    "number": "-?(?:0|[1-9][0-9]*)[.][0-9]+",
    "uuid": "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}",
    "date-time": ("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.][0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})"),
    "date": "[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "http-date": ("(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT"),
    "uri": "[a-z][a-z0-9+.-]*://[^ \\t\\r\\n]+",
    "base64": "[A-Za-z0-9+/]*={0,2}",
}
"""RFC 9562 (uuid), RFC 3339 (date-time, date), RFC 9110 5.6.7 (http-date), RFC 3986 (uri), RFC 4648 4 (base64)."""
_ID = "[0-9A-Za-z]+"
"""The text after the prefix of an id, of any length."""

_EXACT_ID = "(?=[A-Za-z]*[0-9])(?=[0-9a-z]*[A-Z]|[0-9A-Za-z]{16})[0-9A-Za-z]{6,}"
"""The pattern that recognizes an id: words have no digits, and versions no capital letters."""

_FORMATS: Final = {"uuid": "uuid", "date-time": "date-time", "date": "date", "uri": "uri"}
"""The JSON Schema formats of forms (2020-12 Validation, 7.3)."""

_PREFIX = re.compile("(?:[a-z]{2,16}_){1,3}")
_SHAPE = re.compile(
    "|".join(
        [f"(?P<{name.replace('-', '_')}>{pattern})" for name, pattern in _PATTERNS.items() if name != "base64"]
        + [f"(?P<prefix>{_PREFIX.pattern}){_EXACT_ID}"]
    )
)
"""One expression for all forms except base64; it fails at the first character that no form has."""
_BASE64_LEAST = 36
"""Minimum length of base64, because shorter words may match by chance."""
_BASE64_START = re.compile(f"[A-Za-z0-9+/]{{{_BASE64_LEAST - 2}}}")
_BASE64_CHARACTERS = bytes(code for code in range(128) if chr(code).isalnum()) + b"+/"
_EXACT_BASE64 = (
    "(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])(?=[^0-9]*[0-9])(?=[A-Za-z0-9+/]{34})"
    "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
)
_EACH_KIND = [re.compile(kind) for kind in ("[a-z]", "[A-Z]", "[0-9]")]


def form_of(text: str) -> str:
    """Return the form of a string: a name such as `uuid`, the prefix of an id such as `msg_`, or empty."""
    match = _SHAPE.fullmatch(text)
    if match is None:
        return "base64" if _BASE64_START.match(text) and _is_base64(text) else ""
    kind = match.lastgroup or ""
    return match["prefix"] if kind == "prefix" else kind.replace("_", "-")


def _is_base64(text: str) -> bool:
    """Return True if the text is complete base64 with letters of both cases and digits, unlike words and numbers."""
    if len(text) % 4 or len(text) < _BASE64_LEAST or not text.isascii():
        return False
    padding = text.encode().translate(None, _BASE64_CHARACTERS)
    return (
        padding in (b"", b"=", b"==")
        and text.endswith(padding.decode())
        and all(kind.search(text) for kind in _EACH_KIND)
    )


def is_form(name: object) -> bool:
    """Return True for the name of a form or the prefix of an id."""
    return isinstance(name, str) and (name in _PATTERNS or _PREFIX.fullmatch(name) is not None)


def keywords(forms: Iterable[str]) -> dict[str, Any]:
    """Return the JSON Schema keywords that require one of the forms; empty if only the empty form is given."""
    names = sorted(forms)
    if set(names) <= {EMPTY}:
        return {}
    choices = "|".join(_PATTERNS[name] if name in _PATTERNS else name + _ID for name in names)
    result: dict[str, Any] = {"pattern": f"^(?:{choices})$" if len(names) > 1 or "|" in choices else f"^{choices}$"}
    if len(names) == 1 and names[0] in _FORMATS:
        result["format"] = _FORMATS[names[0]]
    if names == ["base64"]:
        result["contentEncoding"] = "base64"
    return result


def exact_pattern(forms: Iterable[str]) -> str | None:
    """Return the pattern of strings with exactly one of the forms; None without forms."""
    exact = {**_PATTERNS, "base64": _EXACT_BASE64}
    return f"^(?:{'|'.join(exact.get(name, name + _EXACT_ID) for name in sorted(forms))})$" if forms else None


def short_hash(text: str) -> str:
    """Return eight hexadecimal digits of a hash."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
