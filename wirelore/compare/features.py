"""Features: the content of a capture as statements that can be counted and compared.

A feature is one statement about one place of one kind of observation: the member is present, or has this type, value,
text or element. The interpretation of places is data (schemas/changes.json); this module names no analyzer.
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
"""The aspects of features: a case occurs, a single value occurs, a member is present, a list has an element; the
content of a place has a type, a value or a long text."""
COUNTED = frozenset({PRESENT, ELEMENT})
"""Aspects that are compared by frequency (`sometimes`, `always`); the others only by occurrence."""
_INSIDE = frozenset({PRESENT, ELEMENT, THING})
"""Aspects of a member of the parent place."""

_PLAIN = frozenset({"boolean", "integer", "number", "empty"})
"""Forms of strings that are compared by value anyway."""
_LONG = 80
_MEMBERS = 200
_VALUES = 64
_MANY = "(many values)"


class Case(NamedTuple):
    """A kind of observation: operation, kind of request and detail."""

    operation: str
    variant: str = ""
    detail: str = ""

    def __str__(self) -> str:
        variant = f" ({self.variant})" if self.variant else ""
        return f"{self.operation}{variant}" + (f" {self.detail}" if self.detail else "")


class FeaturePath(NamedTuple):
    """A place in the observations of one analyzer and case."""

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
    """All features of one capture, with their possible and actual numbers of occurrences."""

    name: str
    counts: Counter[Feature] = field(default_factory=Counter)
    room: Counter[FeaturePath] = field(default_factory=Counter)
    """The number of occurrences of each place."""
    first: dict[Feature, str] = field(default_factory=dict)
    """The first exchange with each feature."""
    measures: dict[FeaturePath, list[float]] = field(default_factory=dict)
    orders: dict[FeaturePath, set[tuple[str, ...]]] = field(default_factory=dict)
    """Lists that are compared by order."""
    spellings: dict[FeaturePath, set[str]] = field(default_factory=dict)
    """Spellings of names by the place of their list."""
    texts: dict[str, str] = field(default_factory=dict)
    """The long texts by their displayed form, if they were requested."""
    operations: Counter[str] = field(default_factory=Counter)
    clients: Counter[str] = field(default_factory=Counter)
    origins: Counter[str] = field(default_factory=Counter)
    untold: Counter[str] = field(default_factory=Counter)
    """Exchanges by the parts that their source lacks (wirelore.model.exchange.Exchange.absent)."""
    versioned: set[FeaturePath] = field(default_factory=set)
    """Places whose text contained the client's own version."""
    distinct: Counter[FeaturePath] = field(default_factory=Counter)
    """The number of distinct values of each place."""
    exchanges: int = 0

    def add(self, other: "Features") -> None:
        """Add the features of another capture, as if it were the same capture."""
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
        """Return the possible number of occurrences of a feature."""
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
    """Return the features of a capture's exchanges.

    Occurrences of `version`, the client's own (by default from the user agent), and of the day of the recording are
    replaced in texts. With `masked`, pseudonyms are replaced too, because they depend on the key of the recording.
    """
    features = Features(name)
    pipeline = [(analyzer, analyzer.start(), tables.readings[analyzer.id]) for analyzer in registry().values()]
    for exchange in exchanges:
        features.exchanges += 1
        features.operations[exchange.operation] += 1
        features.origins[exchange.origin] += 1
        features.untold.update(exchange.absent)
        if exchange.request.client:
            features.clients[exchange.request.client] += 1
        variant = tables.variant(exchange.operation, _request_document(exchange, tables))
        for analyzer, observe, reading in pipeline:
            for _, observation in observations(observe, exchange):
                case = _case(exchange.operation, variant, observation, reading)
                walk = _Walk(
                    features, analyzer.id, case, reading, exchange, version, tables, content=content, masked=masked
                )
                walk.add(observation)
    return features


def _request_document(exchange: Exchange, tables: Tables) -> Any:
    """Return the request body if the operation has kinds of requests, which depend on it; else None."""
    has_variants = any(variant.operation == exchange.operation for variant in tables.variants)
    return exchange.request.document.value if has_variants and "request-body" not in exchange.absent else None


def _case(operation: str, variant: str, observation: Observation, reading: Reading) -> Case:
    if not reading.case:
        return Case("")
    details = [str(observation[name]) for name in reading.case if observation.get(name) not in (None, operation)]
    return Case(operation, variant, " ".join(detail.removeprefix(operation).strip() for detail in details).strip())


class _Walk:
    """Extracts the features of one observation."""

    def __init__(
        self,
        features: Features,
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
        self.features, self.analyzer, self.case, self.reading, self.tables = features, analyzer, case, reading, tables
        self.id, self.content = f"{features.name}/{exchange.id}", content
        self.masked = exchange.pseudonyms if masked else frozenset[str]()
        own_version = version or exchange.request.client.partition("/")[2]
        self.own_version = _version_pattern(own_version)
        day = datetime.fromtimestamp(exchange.started_us / 1e6, UTC) if exchange.started_us else None
        self.day = _day_pattern(day.date().isoformat()) if day else None

    def add(self, observation: Observation) -> None:
        root = FeaturePath(self.analyzer, self.case, "")
        self._count(Feature(root, CASE))
        if self.reading.counted:
            self.features.measures.setdefault(root, []).append(1)
        self._add_object({name: value for name, value in observation.items() if name not in self.reading.case}, "", "")

    def _count(self, feature: Feature) -> None:
        self.features.counts[feature] += 1
        self.features.first.setdefault(feature, self.id)

    def _path(self, place: str) -> FeaturePath:
        return FeaturePath(self.analyzer, self.case, place)

    def _add_node(self, value: Any, place: str, member: Member | None) -> None:
        """Add the value of a place; `member` identifies a member of an object, None an element of a list."""
        reading, path = self.reading, self._path(place)
        if place in reading.measures:
            if isinstance(value, int | float):
                self.features.measures.setdefault(path, []).append(value)
            return
        if isinstance(value, list) and place in reading.orders:
            self.features.orders.setdefault(path, set()).add(tuple(map(str, value)))
            return
        if isinstance(value, list) and place in reading.spellings:
            self.features.spellings.setdefault(path, set()).update(map(str, value))
            return
        if place in reading.each and not isinstance(value, list):
            self.features.room[path] += 1
            self._count(Feature(self._path(place + pointer([str(value)])), THING))
            return
        self._count(Feature(path, TYPE, json_type(value)))
        if _is_hinted(OPAQUE, member) or (isinstance(value, str) and _is_hinted(OPEN, member)):
            self.features.room[path] += 1
            self._add_text(value if isinstance(value, str) else codec.line(value).decode("utf-8", "replace"), path)
            return
        if isinstance(value, dict):
            self._add_object(value, place, str(value.get("type", "")))
        elif isinstance(value, list):
            self._add_list(value, place)
        else:
            self.features.room[path] += 1
            if not reading.unvalued.fullmatch(place):
                self._add_scalar(value, path)

    def _add_object(self, value: Mapping[str, Any], place: str, kind: str) -> None:
        self.features.room[self._path(place)] += 1
        is_map = len(value) > _MEMBERS
        steps = [("*" if is_map or is_free_key(name) else name, name) for name in value]
        for step in sorted({step for step, _ in steps}):
            member_place = place + pointer([step])
            if member_place not in self.reading.ignored | self.reading.orders | self.reading.spellings:
                self._count(Feature(self._path(member_place), PRESENT))
        for step, name in steps:
            member_place = place + pointer([step])
            if member_place not in self.reading.ignored:
                self._add_node(value[name], member_place, (kind, name))

    def _add_list(self, value: list[Any], place: str) -> None:
        path = self._path(place)
        self.features.room[path] += 1
        if self.reading.unvalued.fullmatch(place):
            return
        if place in self.reading.each and all(isinstance(element, str) for element in value):
            for element in sorted(set(value)):
                self._count(Feature(self._path(place + pointer([element])), ELEMENT))
            return
        by_step: dict[str, list[Any]] = {}
        paths = (*self.reading.named.get(place, ()), "type")
        for element in value:
            tag = next(filter(None, (_value_at(element, path) for path in paths)), None)
            by_step.setdefault(f"[{tag}]" if isinstance(tag, str) and len(tag) <= _LONG else "*", []).append(element)
        for step in sorted(by_step):
            if step != "*":
                self._count(Feature(self._path(place + pointer([step])), ELEMENT))
            for element in by_step[step]:
                self._add_node(element, place + pointer([step]), None)

    def _add_scalar(self, value: Any, path: FeaturePath) -> None:
        if not isinstance(value, str):
            self._add_value(path, self.tables.without_ids(codec.line(value).decode()))
        elif (form := form_of(value)) and form not in _PLAIN:
            self._add_value(path, f"({form})")
        elif len(value) > _LONG or "\n" in value:
            self._add_text(value, path)
        else:
            self._add_value(path, codec.line(self._plain(value, path)).decode("utf-8", "replace").strip())

    def _add_value(self, path: FeaturePath, display: str) -> None:
        feature = Feature(path, VALUE, display)
        if feature not in self.features.counts:
            self.features.distinct[path] += 1
            if self.features.distinct[path] > _VALUES:
                feature = Feature(path, VALUE, _MANY)
        self._count(feature)

    def _add_text(self, text: str, path: FeaturePath) -> None:
        plain = self._plain(text, path)
        digest = blake2b(plain.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
        display = f"{len(plain):,} characters ({digest})"
        self._count(Feature(path, TEXT, display))
        if self.content:
            self.features.texts.setdefault(display, text)

    def _plain(self, text: str, path: FeaturePath) -> str:
        """Replace the parts of a text that differ between equal recordings."""
        plain, versioned = _stripped(text, self.own_version, self.day, self.masked, self.tables)
        if versioned:
            self.features.versioned.add(path)
        return plain


@lru_cache(512)  # the long texts of a client are repeated in every request
def _stripped(
    text: str, own_version: re.Pattern[str] | None, day: re.Pattern[str] | None, listed: frozenset[str], tables: Tables
) -> tuple[str, bool]:
    """Replace pseudonyms, the client's own version, the day of the recording and ids in a text.

    Also returns True if the text contained the version.
    """
    text = masked(text, listed)
    unversioned = text if own_version is None else own_version.sub("{version}", text)
    return tables.without_ids(unversioned if day is None else day.sub("{day}", unversioned)), unversioned != text


@lru_cache(256)
def _version_pattern(version: str) -> re.Pattern[str] | None:
    return re.compile(rf"(?<![\d.]){re.escape(version)}(?!\d)") if re.match(r"\d+\.\d+\.\d", version) else None


@lru_cache(256)
def _day_pattern(iso: str) -> re.Pattern[str]:
    """Compile a day in its usual forms: 2026-01-05, 1/5/2026, January 5, 2026, Mon Jan 05 2026."""
    day = datetime.fromisoformat(iso)
    forms = [iso, f"{day.month}/{day.day}/{day.year}", f"{day:%B} {day.day}, {day.year}", f"{day:%a %b %d %Y}"]
    return re.compile("|".join(map(re.escape, forms)))


def _value_at(element: Any, path: str) -> Any:
    """Return the value at a path in an element, such as `event_data/event_name`, or None."""
    for step in path.split("/"):
        element = element.get(step) if isinstance(element, dict) else None
    return element


def _is_hinted(kind: str, member: Member | None) -> bool:
    """Return True if schemas/hints.json lists a member under a kind."""
    return member is not None and not _hints()[kind].isdisjoint((member, ("*", member[1])))


@cache
def _hints() -> dict[str, frozenset[Member]]:
    return hints(PACKAGED)
