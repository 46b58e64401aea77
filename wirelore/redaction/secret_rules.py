"""The rules of redaction: `secrets.json` read, and what they say of a header, a field or a value."""

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
"""Where a word can begin in raw text: a letter may belong to the escape before it."""
_LINE = re.compile(
    rb"\\+[nrt]|\\+u00(?:0[aAdD9]|3[dD])|%(?:0[aAdD9]|3[dD])"
    rb"|((?:[A-Za-z0-9+/]|\\+/|\\+u002[bBfF]|%2[bBfF])+)"
)
"""A line's end or a padding, or base64 between them."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of `secrets.json`."""

    id: str
    kind: str
    where: str
    """`anywhere`, `field` (a JSON key, or a name in a query or form) or `header`."""
    names: re.Pattern[bytes] | None = None
    pattern: str = ""
    action: str = "replace"
    """`replace`; `keep` says that the value is no secret; `note` that facts need it."""
    form: str = "whole"
    """What of the value is secret: `whole`, `credentials` (all but the scheme), `cookies`, `set-cookie`, `lines`."""
    value: str = "any"
    """Which values count: `any`, `token` (no white space), `opaque` (looks random)."""
    beside: bool = False
    """Whether every token counts in a small body that speaks OAuth."""
    after: Any = None
    """What must stand before the field, within 512 bytes."""
    places: tuple[str, ...] = ("json", "query")
    spares_value: re.Pattern[bytes] | None = None


class Rules:
    """The rules of a document like `secrets.json`."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.policy: str = document["policy"]
        kept = [f"(?:{rule['kept']})(?=(?:{rule['rest']})$)" for rule in document["rules"] if "kept" in rule]
        self.prefix = "|".join([document["prefix"], *kept])
        """What a pseudonym keeps of a token's beginning, so that its kind can be read."""
        self.words_spared = frozenset(document["words_spared"])
        self.all = tuple(_rule(entry, _names(document)) for entry in document["rules"])
        self.oauth = compiled(document["oauth_beside"])
        """What a body has in it that speaks OAuth."""
        self._masked = re.compile(document["masked"].encode())
        self._spared = re.compile(document["spared"].encode())
        self._headers = tuple(rule for rule in self.all if rule.where == "header")
        self._fields = tuple(rule for rule in self.all if rule.where == "field")
        self._by_name: dict[tuple[str, bytes], Rule | None] = {}

    def field_names(self, place: str) -> str:
        """An expression for the names of all fields in a place: `json` or `query`."""
        return "|".join(
            f"(?:{rule.names.pattern.decode()})" for rule in self._fields if place in rule.places and rule.names
        )

    def header(self, name: str) -> Rule | None:
        """The rule for a header of that name."""
        key = name.lower().encode("latin-1", "replace")
        return next((rule for rule in self._headers if rule.names and rule.names.fullmatch(key)), None)

    def masked(self, value: bytes) -> bool:
        """Whether a value is empty or was masked by whoever recorded it."""
        return bool(self._masked.fullmatch(value))

    def memorable(self, value: bytes) -> bool:
        """Whether a value met in a secret place is peculiar enough to be looked for in every other place."""
        peculiar = 8 <= len(value) <= 1024 and re.search(rb"[0-9]", value) and re.search(rb"[A-Za-z]", value)
        return bool(peculiar) and not self._spared.fullmatch(value) and b" " not in value

    def field(self, name: bytes, place: str) -> Rule | None:
        """The rule for a field of that name in a place: `json` or `query`."""
        key = (place, name)
        if key not in self._by_name:
            if len(self._by_name) > 4096:
                self._by_name.clear()
            candidates = (rule for rule in self._fields if place in rule.places and rule.names)
            self._by_name[key] = next((rule for rule in candidates if rule.names and rule.names.fullmatch(name)), None)
        return self._by_name[key]

    def counts(self, rule: Rule, name: bytes, value: bytes, oauth: bool) -> bool:
        """Whether the value of a field is secret; `oauth` if it stands in a small body that speaks OAuth."""
        wanted = "token" if rule.beside and oauth else rule.value
        if self.masked(value) or (rule.spares_value and rule.spares_value.match(value)):
            return False
        if wanted == "opaque":
            return opaque(value) and not self._spared.fullmatch(value)
        return wanted == "any" or not re.search(rb"\s", value)


def packaged() -> Rules:
    """The rules that come with the package."""
    return Rules(json.loads(PACKAGED.read_text()))


@cache
def expression(pattern: str) -> Any:
    """The same, each compiled once: for patterns that are written in the code."""
    return compiled(pattern)


def compiled(pattern: str) -> Any:
    """An RE2 expression over bytes."""
    return re2.compile(pattern.encode("latin-1"), options())


def options() -> Any:
    """How every RE2 expression here is compiled: over bytes, in bounded memory, silently."""
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.log_errors = False
    options.max_mem = 32 << 20
    return options


def opaque(value: bytes) -> bool:
    """Whether a value looks random: 20 characters or more of a token's alphabet, letters and digits mixed."""
    value = re.sub(rb"\\+/", b"/", re.sub(rb"%[0-9A-Fa-f]{2}|\\+u[0-9a-fA-F]{4}", b"-", value))
    if not _OPAQUE.fullmatch(value):
        return False
    digits = sum(byte in b"0123456789" for byte in value)
    letters = sum(chr(byte).isalpha() for byte in value)
    return digits >= 2 and letters >= 4


def secret_parts(value: bytes, form: str) -> Iterator[tuple[int, int]]:
    """Where in a value the secrets are, after the rule's form."""
    if form == "credentials":
        scheme = re.match(rb"[A-Za-z][A-Za-z0-9_-]{0,20}(?: |%20|\+)+(?=\S)", value)
        yield (scheme.end() if scheme else 0), len(value)
    elif form in ("cookies", "set-cookie"):
        for found in re.finditer(rb"([^;=]*)(=?)([^;]*);?", value):
            name, equals, rest = found.groups()
            start = found.start(3) if equals else found.start(1) + len(name) - len(name.lstrip())
            end = found.end(3) if equals else found.end(1)
            quoted = end - start > 1 and value[start : start + 1] == b'"' == value[end - 1 : end]
            if end > start:
                yield start + quoted, end - quoted
            if form == "set-cookie" or not rest + name:
                return
    elif form == "lines":
        yield from (found.span(1) for found in _LINE.finditer(value) if found[1])
    else:
        yield 0, len(value)


def _names(document: Mapping[str, Any]) -> str:
    """An expression for the names of all fields whose values are secret."""
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
