"""The redaction rules of `secrets.json`, and their application to headers, fields and values."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import re2

PACKAGED = Path(__file__).with_name("secrets.json")

_OPAQUE = re.compile(rb"[A-Za-z0-9_.~+/=#-]{20,}")
_DASH = r"(?:-|\\+u002[dD]|%2[dD])"
_BORDER = r"(?:\b|_|\\+[bfnrt]|\\+u[0-9a-fA-F]{4}|%[0-9a-fA-F]{2})"
"""The beginning of a word in raw text, where a letter may belong to the escape before it."""
_LINE = re.compile(
    rb"\\+[nrt]|\\+u00(?:0[aAdD9]|3[dD])|%(?:0[aAdD9]|3[dD])"
    rb"|((?:[A-Za-z0-9+/]|\\+/|\\+u002[bBfF]|%2[bBfF])+)"
)
"""A line end or padding, or the base64 between them."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of `secrets.json`."""

    id: str
    kind: str
    where: str
    """`anywhere`, `field` (a JSON key, or a name in a query or form) or `header`."""
    names: re.Pattern[bytes] | None = None
    pattern: str = ""
    action: str = "replace"
    """`replace`; `keep` if the value is not a secret; `note` if facts need the value."""
    form: str = "whole"
    """The secret part of the value: `whole`, `credentials` (without the scheme), `cookies`, `set-cookie`, `lines`."""
    value: str = "any"
    """The values that count: `any`, `token` (no white space), `opaque` (looks random)."""
    beside: bool = False
    """True if any token counts in a small body that is an OAuth message."""
    after: Any = None
    """An expression that must match within 512 bytes before the field."""
    places: tuple[str, ...] = ("json", "query")
    spares_value: re.Pattern[bytes] | None = None


class Rules:
    """The rules of a document such as `secrets.json`."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.policy: str = document["policy"]
        kept = [f"(?:{rule['kept']})(?=(?:{rule['rest']})$)" for rule in document["rules"] if "kept" in rule]
        self.prefix = "|".join([document["prefix"], *kept])
        """The beginning of a token that its pseudonym keeps, so that the kind stays readable."""
        self.words_spared = frozenset(document["words_spared"])
        self.all = tuple(_rule(entry, _names(document)) for entry in document["rules"])
        self.oauth = compiled(document["oauth_beside"])
        """An expression that matches in OAuth bodies."""
        self._masked = re.compile(document["masked"].encode())
        self._spared = re.compile(document["spared"].encode())
        self._headers = tuple(rule for rule in self.all if rule.where == "header")
        self._fields = tuple(rule for rule in self.all if rule.where == "field")
        self._by_name: dict[tuple[str, bytes], Rule | None] = {}

    def field_names(self, place: str) -> str:
        """Return an expression for the names of all fields in a place: `json` or `query`."""
        return "|".join(
            f"(?:{rule.names.pattern.decode()})" for rule in self._fields if place in rule.places and rule.names
        )

    def header(self, name: str) -> Rule | None:
        """Return the rule for a header name."""
        key = name.lower().encode("latin-1", "replace")
        return next((rule for rule in self._headers if rule.names and rule.names.fullmatch(key)), None)

    def masked(self, value: bytes) -> bool:
        """Return True if a value is empty or was masked by the recording tool."""
        return bool(self._masked.fullmatch(value))

    def memorable(self, value: bytes) -> bool:
        """Return True if a value from a secret place is distinctive enough to be searched for everywhere."""
        distinctive = 8 <= len(value) <= 1024 and re.search(rb"[0-9]", value) and re.search(rb"[A-Za-z]", value)
        return bool(distinctive) and not self._spared.fullmatch(value) and b" " not in value

    def field(self, name: bytes, place: str) -> Rule | None:
        """Return the rule for a field name in a place: `json` or `query`."""
        key = (place, name)
        if key not in self._by_name:
            if len(self._by_name) > 4096:
                self._by_name.clear()
            candidates = (rule for rule in self._fields if place in rule.places and rule.names)
            self._by_name[key] = next((rule for rule in candidates if rule.names and rule.names.fullmatch(name)), None)
        return self._by_name[key]

    def counts(self, rule: Rule, name: bytes, value: bytes, oauth: bool) -> bool:
        """Return True if the value of a field is secret. `oauth` is True in a small OAuth body."""
        wanted = "token" if rule.beside and oauth else rule.value
        if self.masked(value) or (rule.spares_value and rule.spares_value.match(value)):
            return False
        if wanted == "opaque":
            return opaque(value) and not self._spared.fullmatch(value)
        return wanted == "any" or not re.search(rb"\s", value)


def packaged() -> Rules:
    """Return the packaged rules."""
    return Rules(json.loads(PACKAGED.read_text()))


@cache
def expression(pattern: str) -> Any:
    """Compile a pattern once; for patterns that are constants."""
    return compiled(pattern)


def compiled(pattern: str) -> Any:
    """Compile an RE2 expression over bytes."""
    return re2.compile(pattern.encode("latin-1"), options())


def options() -> Any:
    """Return the options of all RE2 expressions: over bytes, with bounded memory, without logging."""
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.log_errors = False
    options.max_mem = 32 << 20
    return options


def opaque(value: bytes) -> bool:
    """Return True if a value looks random: at least 20 characters of a token's alphabet, with letters and digits."""
    value = re.sub(rb"\\+/", b"/", re.sub(rb"%[0-9A-Fa-f]{2}|\\+u[0-9a-fA-F]{4}", b"-", value))
    if not _OPAQUE.fullmatch(value):
        return False
    digits = sum(byte in b"0123456789" for byte in value)
    letters = sum(chr(byte).isalpha() for byte in value)
    return digits >= 2 and letters >= 4


def secret_parts(value: bytes, form: str) -> Iterator[tuple[int, int]]:
    """Yield the ranges of a value that are secret, according to the rule's form."""
    if form == "credentials":
        scheme = re.match(rb"[A-Za-z][A-Za-z0-9_-]{0,20}(?: |%20|\+)+(?=\S)", value)
        yield (scheme.end() if scheme else 0), len(value)
    elif form in ("cookies", "set-cookie"):
        for match in re.finditer(rb"([^;=]*)(=?)([^;]*);?", value):
            name, equals, rest = match.groups()
            start = match.start(3) if equals else match.start(1) + len(name) - len(name.lstrip())
            end = match.end(3) if equals else match.end(1)
            quoted = end - start > 1 and value[start : start + 1] == b'"' == value[end - 1 : end]
            if end > start:
                yield start + quoted, end - quoted
            if form == "set-cookie" or not rest + name:
                return
    elif form == "lines":
        yield from (match.span(1) for match in _LINE.finditer(value) if match[1])
    else:
        yield 0, len(value)


def _names(document: Mapping[str, Any]) -> str:
    """Return an expression for the names of all fields with secret values."""
    entries = (entry for entry in document["rules"] if entry["where"] == "field" and "action" not in entry)
    return "|".join(f"(?:{entry['names']})" for entry in entries if "after" not in entry)


def _rule(entry: Mapping[str, Any], names_of_fields: str) -> Rule:
    spared = entry.get("spares_value")
    names = entry.get("names")
    pattern = entry.get("pattern", "")
    if "kept" in entry:
        pattern = ("{border}" if entry.get("bordered") else "") + f"((?:{entry['kept']})(?:{entry['rest']}))"
    return Rule(
        id=entry["id"],
        kind=entry["kind"],
        where=entry["where"],
        names=re.compile(names.encode()) if names else None,
        pattern=pattern.replace("{dash}", _DASH).replace("{border}", _BORDER).replace("{names}", names_of_fields),
        action=entry.get("action", "replace"),
        form=entry.get("form", "whole"),
        value=entry.get("value", "any"),
        beside="beside" in entry,
        after=compiled(entry["after"]) if "after" in entry else None,
        places=tuple(entry.get("places", ("json", "query"))),
        spares_value=re.compile(spared.encode(), re.DOTALL) if spared else None,
    )
