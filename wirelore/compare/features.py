"""Features: what one capture shows, taken apart into things that can be counted and compared.

A feature is one statement about one place of one kind of observation: the member is there, it is of this type, it has
this value, this text, this element. How a place is read is data (schemas/changes.json); nothing here knows an analyzer.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

from wirelore.analysis.check import json_type
from wirelore.analysis.contract import Observation, observations
from wirelore.analysis.registry import registry
from wirelore.compare.change_tables import Reading, Tables
from wirelore.learning.string_forms import form_of
from wirelore.model import codec
from wirelore.model.exchange import Exchange
from wirelore.model.json_pointer import pointer
from wirelore.redaction.pseudonym_digests import masked
from wirelore.schema.hints import OPAQUE, OPEN, Member, hints
from wirelore.schema.library import PACKAGED
from wirelore.schema.limits import is_free_key

CASE, THING, PRESENT, ELEMENT = "case", "thing", "present", "element"
TYPE, VALUE, TEXT = "type", "value", "text"
"""The aspects of features: a case occurs, a thing was met, a member is there, a list has an element; of what lies at a
place a type, a value, a long text."""
COUNTED = frozenset({PRESENT, ELEMENT})
"""Aspects of which `sometimes` and `always` differ; of the others only whether they are ever seen."""
_INSIDE = frozenset({PRESENT, ELEMENT, THING})
"""Aspects that are about a member of the place around."""

_PLAIN = frozenset({"boolean", "integer", "number", "empty"})
"""Forms of strings whose values are told all the same."""
_LONG = 80
_MEMBERS = 200
_VALUES = 64
_MANY = "(many values)"


class Case(NamedTuple):
    """What tells observations of different things apart."""

    operation: str
    variant: str = ""
    detail: str = ""

    def __str__(self) -> str:
        variant = f" ({self.variant})" if self.variant else ""
        return f"{self.operation}{variant}" + (f" {self.detail}" if self.detail else "")


class FeaturePath(NamedTuple):
    """A place in the observations of an analyzer of one case."""

    analyzer: str
    case: Case
    place: str


class Feature(NamedTuple):
    """One statement about a path."""

    path: FeaturePath
    aspect: str
    value: str = ""


@dataclass
class Features:
    """All features of one capture, with how often they could have been seen."""

    name: str
    counts: Counter[Feature] = field(default_factory=Counter)
    room: Counter[FeaturePath] = field(default_factory=Counter)
    """How often each place occurred."""
    first: dict[Feature, str] = field(default_factory=dict)
    """The exchange that showed it first."""
    measures: dict[FeaturePath, list[float]] = field(default_factory=dict)
    orders: dict[FeaturePath, set[tuple[str, ...]]] = field(default_factory=dict)
    """Lists of which the order is compared."""
    spellings: dict[FeaturePath, set[str]] = field(default_factory=dict)
    """Names by the place that lists them."""
    texts: dict[str, str] = field(default_factory=dict)
    """The long texts by what they are shown as, where they were asked for."""
    operations: Counter[str] = field(default_factory=Counter)
    clients: Counter[str] = field(default_factory=Counter)
    origins: Counter[str] = field(default_factory=Counter)
    untold: Counter[str] = field(default_factory=Counter)
    """Exchanges whose source does not tell a thing, by wirelore.model.exchange.Exchange.absent."""
    versioned: set[FeaturePath] = field(default_factory=set)
    """Places whose text held the client's own version."""
    distinct: Counter[FeaturePath] = field(default_factory=Counter)
    """How many values of a place are kept."""
    exchanges: int = 0

    def add(self, other: "Features") -> None:
        """Takes in another capture, as if both were one."""
        for mine, more in ((self.counts, other.counts), (self.room, other.room), (self.distinct, other.distinct)):
            mine.update(more)  # type: ignore[arg-type]  # each pair has keys of one kind
        for names, more_names in (
            (self.operations, other.operations),
            (self.clients, other.clients),
            (self.origins, other.origins),
            (self.untold, other.untold),
        ):
            names.update(more_names)
        for path, values in other.measures.items():
            self.measures.setdefault(path, []).extend(values)
        for path, orders in other.orders.items():
            self.orders.setdefault(path, set()).update(orders)
        for path, spelled in other.spellings.items():
            self.spellings.setdefault(path, set()).update(spelled)
        self.first = {**other.first, **self.first}
        self.texts = {**other.texts, **self.texts}
        self.versioned |= other.versioned
        self.exchanges += other.exchanges

    def of(self, feature: Feature) -> int:
        """How often the feature could have been seen."""
        if feature.aspect == CASE:
            return self.operations[feature.path.case.operation]
        if feature.aspect not in _INSIDE:
            return self.room[feature.path]
        return self.room[feature.path._replace(place=feature.path.place.rpartition("/")[0])]


def features_of(
    exchanges: Iterable[Exchange],
    name: str,
    tables: Tables,
    version: str = "",
    *,
    content: bool = False,
    masked: bool = False,
) -> Features:
    """The features of a capture's exchanges.

    `version` is the client's own, which is put out of texts before they are compared, as is the day of the recording;
    without it that of each request's user agent is. With `masked` pseudonyms are put out of them too: under two keys
    one secret has two.
    """
    found = Features(name)
    bench = [(one, one.start(), tables.readings[one.id]) for one in registry().values()]
    for exchange in exchanges:
        found.exchanges += 1
        found.operations[exchange.operation] += 1
        found.origins[exchange.origin] += 1
        found.untold.update(exchange.absent)
        if exchange.request.client:
            found.clients[exchange.request.client] += 1
        variant = tables.variant(exchange.operation, _sent(exchange, tables))
        for one, observe, reading in bench:
            for _, observation in observations(observe, exchange):
                case = _case(exchange.operation, variant, observation, reading)
                walk = _Walk(found, one.id, case, reading, exchange, version, tables, content=content, masked=masked)
                walk.take(observation)
    return found


def _sent(exchange: Exchange, tables: Tables) -> Any:
    """The request's body, read only where kinds of requests are told apart by it."""
    asked = any(one.operation == exchange.operation for one in tables.variants)
    return exchange.request.document.value if asked and "request-body" not in exchange.absent else None


def _case(operation: str, variant: str, observation: Observation, reading: Reading) -> Case:
    if not reading.case:
        return Case("")
    details = [str(observation[name]) for name in reading.case if observation.get(name) not in (None, operation)]
    return Case(operation, variant, " ".join(detail.removeprefix(operation).strip() for detail in details).strip())


class _Walk:
    """Takes one observation apart."""

    def __init__(
        self,
        into: Features,
        analyzer: str,
        case: Case,
        reading: Reading,
        exchange: Exchange,
        version: str,
        tables: Tables,
        *,
        content: bool,
        masked: bool,
    ) -> None:
        self.into, self.analyzer, self.case, self.reading, self.tables = into, analyzer, case, reading, tables
        self.id, self.content = f"{into.name}/{exchange.id}", content
        self.masked = exchange.pseudonyms if masked else frozenset[str]()
        own = version or exchange.request.client.partition("/")[2]
        self.own = _own(own)
        day = datetime.fromtimestamp(exchange.started_us / 1e6, UTC) if exchange.started_us else None
        self.day = _day(day.date().isoformat()) if day else None

    def take(self, observation: Observation) -> None:
        root = FeaturePath(self.analyzer, self.case, "")
        self._seen(Feature(root, CASE))
        if self.reading.counted:
            self.into.measures.setdefault(root, []).append(1)
        self._object({name: value for name, value in observation.items() if name not in self.reading.case}, "", "")

    def _seen(self, feature: Feature) -> None:
        self.into.counts[feature] += 1
        self.into.first.setdefault(feature, self.id)

    def _path(self, place: str) -> FeaturePath:
        return FeaturePath(self.analyzer, self.case, place)

    def _value(self, value: Any, place: str, member: Member | None) -> None:
        """Takes what lies at a place, as a member of an object or None as an element of a list."""
        reading, path = self.reading, self._path(place)
        if place in reading.measures:
            if isinstance(value, int | float):
                self.into.measures.setdefault(path, []).append(value)
            return
        if isinstance(value, list) and place in reading.orders:
            self.into.orders.setdefault(path, set()).add(tuple(map(str, value)))
            return
        if isinstance(value, list) and place in reading.spellings:
            self.into.spellings.setdefault(path, set()).update(map(str, value))
            return
        if place in reading.each and not isinstance(value, list):
            self.into.room[path] += 1
            self._seen(Feature(self._path(place + pointer([str(value)])), THING))
            return
        self._seen(Feature(path, TYPE, json_type(value)))
        if _is_hinted(OPAQUE, member) or (isinstance(value, str) and _is_hinted(OPEN, member)):
            self.into.room[path] += 1
            self._text(value if isinstance(value, str) else codec.line(value).decode("utf-8", "replace"), path)
            return
        if isinstance(value, dict):
            self._object(value, place, str(value.get("type", "")))
        elif isinstance(value, list):
            self._list(value, place)
        else:
            self.into.room[path] += 1
            if not reading.unvalued.fullmatch(place):
                self._scalar(value, path)

    def _object(self, value: Mapping[str, Any], place: str, kind: str) -> None:
        self.into.room[self._path(place)] += 1
        free = len(value) > _MEMBERS
        steps = [("*" if free or is_free_key(name) else name, name) for name in value]
        for step in sorted({step for step, _ in steps}):
            below = place + pointer([step])
            if below not in self.reading.ignored | self.reading.orders | self.reading.spellings:
                self._seen(Feature(self._path(below), PRESENT))
        for step, name in steps:
            below = place + pointer([step])
            if below not in self.reading.ignored:
                self._value(value[name], below, (kind, name))

    def _list(self, value: list[Any], place: str) -> None:
        path = self._path(place)
        self.into.room[path] += 1
        if self.reading.unvalued.fullmatch(place):
            return
        if place in self.reading.each and all(isinstance(element, str) for element in value):
            for element in sorted(set(value)):
                self._seen(Feature(self._path(place + pointer([element])), ELEMENT))
            return
        named: dict[str, list[Any]] = {}
        paths = (*self.reading.named.get(place, ()), "type")
        for element in value:
            tag = next(filter(None, (_inside(element, path) for path in paths)), None)
            named.setdefault(f"[{tag}]" if isinstance(tag, str) and len(tag) <= _LONG else "*", []).append(element)
        for step in sorted(named):
            if step != "*":
                self._seen(Feature(self._path(place + pointer([step])), ELEMENT))
            for element in named[step]:
                self._value(element, place + pointer([step]), None)

    def _scalar(self, value: Any, path: FeaturePath) -> None:
        if not isinstance(value, str):
            self._valued(path, self.tables.without_ids(codec.line(value).decode()))
        elif (form := form_of(value)) and form not in _PLAIN:
            self._valued(path, f"({form})")
        elif len(value) > _LONG or "\n" in value:
            self._text(value, path)
        else:
            self._valued(path, codec.line(self._plain(value, path)).decode("utf-8", "replace").strip())

    def _valued(self, path: FeaturePath, shown: str) -> None:
        feature = Feature(path, VALUE, shown)
        if feature not in self.into.counts:
            self.into.distinct[path] += 1
            if self.into.distinct[path] > _VALUES:
                feature = Feature(path, VALUE, _MANY)
        self._seen(feature)

    def _text(self, text: str, path: FeaturePath) -> None:
        plain = self._plain(text, path)
        digest = blake2b(plain.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
        shown = f"{len(plain):,} characters ({digest})"
        self._seen(Feature(path, TEXT, shown))
        if self.content:
            self.into.texts.setdefault(shown, text)

    def _plain(self, text: str, path: FeaturePath) -> str:
        """The text without what differs by itself."""
        plain, versioned = _stripped(text, self.own, self.day, self.masked, self.tables)
        if versioned:
            self.into.versioned.add(path)
        return plain


@lru_cache(512)  # a client's long texts are the same in every request
def _stripped(
    text: str, own: re.Pattern[str] | None, day: re.Pattern[str] | None, listed: frozenset[str], tables: Tables
) -> tuple[str, bool]:
    """The text without listed pseudonyms, the client's own version, the day of the recording and ids; and whether it
    held the version."""
    text = masked(text, listed)
    found = text if own is None else own.sub("{version}", text)
    return tables.without_ids(found if day is None else day.sub("{day}", found)), found != text


@lru_cache(256)
def _own(version: str) -> re.Pattern[str] | None:
    return re.compile(rf"(?<![\d.]){re.escape(version)}(?!\d)") if re.match(r"\d+\.\d+\.\d", version) else None


@lru_cache(256)
def _day(iso: str) -> re.Pattern[str]:
    """A day as texts write it: 2026-01-05, 1/5/2026, January 5, 2026, Mon Jan 05 2026."""
    day = datetime.fromisoformat(iso)
    forms = [iso, f"{day.month}/{day.day}/{day.year}", f"{day:%B} {day.day}, {day.year}", f"{day:%a %b %d %Y}"]
    return re.compile("|".join(map(re.escape, forms)))


def _inside(element: Any, path: str) -> Any:
    """What is at a path in an element, `event_data/event_name`; None if nothing is."""
    for step in path.split("/"):
        element = element.get(step) if isinstance(element, dict) else None
    return element


def _is_hinted(kind: str, member: Member | None) -> bool:
    """Whether schemas/hints.json has a member under a kind."""
    return member is not None and not _hints()[kind].isdisjoint((member, ("*", member[1])))


@cache
def _hints() -> dict[str, frozenset[Member]]:
    return hints(PACKAGED)
