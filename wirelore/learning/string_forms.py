"""Forms of strings: kinds of text that are known by their shape alone, each with the pattern that says so.

A form is no fact about the protocol. It is learned where every string of a place has it, and enough distinct ones do.
"""

import re
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any, Final

FORM_LIMIT = 4
"""Forms that the strings of one place may have before they have none in common."""

EMPTY: Final = "empty"
"""The form of the empty string; it says nothing by itself."""

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
"""What follows the prefix of an id; never how much of it."""

_EXACT_ID = "(?=[A-Za-z]*[0-9])(?=[0-9a-z]*[A-Z]|[0-9A-Za-z]{16})[0-9A-Za-z]{6,}"
"""What an id is recognised by: a word has no digit, a version no capital."""

_FORMATS: Final = {"uuid": "uuid", "date-time": "date-time", "date": "date", "uri": "uri"}
"""What JSON Schema calls them (2020-12 Validation, 7.3)."""

_PREFIX = re.compile("(?:[a-z]{2,16}_){1,3}")
_SHAPE = re.compile(
    "|".join(
        [f"(?P<{name.replace('-', '_')}>{pattern})" for name, pattern in _PATTERNS.items() if name != "base64"]
        + [f"(?P<prefix>{_PREFIX.pattern}){_EXACT_ID}"]
    )
)
"""One expression for all but base64: a long text fails at its first sign that no form has."""
_BASE64_LEAST = 36
"""Characters below which a word may look like base64 by chance."""
_BASE64_START = re.compile(f"[A-Za-z0-9+/]{{{_BASE64_LEAST - 2}}}")
_BASE64_SIGNS = bytes(sign for sign in range(256) if chr(sign).isalnum() and sign < 128) + b"+/"
_EXACT_BASE64 = (
    "(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])(?=[^0-9]*[0-9])(?=[A-Za-z0-9+/]{34})"
    "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
)
_EACH_KIND = [re.compile(kind) for kind in ("[a-z]", "[A-Z]", "[0-9]")]


def form_of(text: str) -> str:
    """The form of a string: a name such as `uuid`, the prefix of an id such as `msg_`, or empty if it has none."""
    found = _SHAPE.fullmatch(text)
    if found is None:
        return "base64" if _BASE64_START.match(text) and _is_base64(text) else ""
    kind = found.lastgroup or ""
    return found["prefix"] if kind == "prefix" else kind.replace("_", "-")


def _is_base64(text: str) -> bool:
    """Whether it is a whole text in base64, and none of one kind of sign alone, as words and numbers are."""
    if len(text) % 4 or len(text) < _BASE64_LEAST or not text.isascii():
        return False
    rest = text.encode().translate(None, _BASE64_SIGNS)
    return rest in (b"", b"=", b"==") and text.endswith(rest.decode()) and all(kind.search(text) for kind in _EACH_KIND)


def is_form(name: object) -> bool:
    """Whether this is the name of a form, or the prefix of an id."""
    return isinstance(name, str) and (name in _PATTERNS or _PREFIX.fullmatch(name) is not None)


def keywords(forms: Iterable[str]) -> dict[str, Any]:
    """The JSON Schema keywords that demand one of the forms; none if a form says nothing."""
    names = sorted(forms)
    if set(names) <= {EMPTY}:
        return {}
    choices = "|".join(_PATTERNS[name] if name in _PATTERNS else name + _ID for name in names)
    made: dict[str, Any] = {"pattern": f"^(?:{choices})$" if len(names) > 1 or "|" in choices else f"^{choices}$"}
    if len(names) == 1 and names[0] in _FORMATS:
        made["format"] = _FORMATS[names[0]]
    if names == ["base64"]:
        made["contentEncoding"] = "base64"
    return made


def exact_pattern(forms: Iterable[str]) -> str | None:
    """The pattern of the strings that have one of the forms and no other; None if there is no form."""
    exact = {**_PATTERNS, "base64": _EXACT_BASE64}
    return f"^(?:{'|'.join(exact.get(name, name + _EXACT_ID) for name in sorted(forms))})$" if forms else None


def short_hash(text: str) -> str:
    """Eight hexadecimal digits that equal texts share."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
