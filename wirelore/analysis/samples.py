"""Samples of one place: what was there how often, and in which exchanges first.

Bounded whatever the traffic: of exchanges the first few by name are kept, of names and values no more than `KEPT`.
"""

from bisect import insort
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from wirelore.learning.knowledge import (
    MEMBER_LIMIT,
    SEEN_LIMIT,
    SPARSE_LIMIT,
    TYPE_NAMES,
    form_of,
    is_free_key,
    is_tag,
    is_word,
)

FIRST = 3
"""Exchanges that are named for each thing, the first in order."""
KEPT = 1000
"""Different values, names or tags that are told apart."""


@dataclass
class Tally:
    """How often something was, in how many exchanges, and the first of these by name."""

    count: int = 0
    exchanges: int = 0
    first: list[str] = field(default_factory=list)
    _last: str = ""

    def add(self, exchange: str) -> None:
        """Counts one more; what comes from one exchange comes together."""
        self.count += 1
        if exchange != self._last:
            self._last = exchange
            self.exchanges += 1
            insort(self.first, exchange)
            del self.first[FIRST:]


Tallies = dict[str, Tally]


def add(tallies: Tallies, key: str, exchange: str) -> None:
    """Counts one more of a key, unless too many keys are counted already."""
    tally = tallies.get(key)
    if tally is None:
        if len(tallies) >= KEPT:
            return
        tally = tallies[key] = Tally()
    tally.add(exchange)


class Source:
    """An observation as the source of samples: whose it is."""

    def __init__(self, witness: str, client: str | None, exchange: str) -> None:
        self.client, self.exchange = client, exchange
        self._witness = witness

    def mark(self) -> str:
        """What evidence is counted by: the same for the same exchange."""
        return self._witness


@dataclass
class Presence:
    """In how many objects a member was, and in how many it was not."""

    there: Tally = field(default_factory=Tally)
    lacking: Tally = field(default_factory=Tally)
    marks: set[str] = field(default_factory=set)
    """Hashes of the distinct observations with such an object, up to as many as make a rule."""

    @property
    def objects(self) -> int:
        """All objects."""
        return self.there.count + self.lacking.count

    def add(self, exchange: str, mark: Callable[[], str], *, lacks: bool) -> None:
        """Counts one object. `mark` hashes its observation, if that is still of interest."""
        (self.lacking if lacks else self.there).add(exchange)
        if len(self.marks) < SEEN_LIMIT:
            self.marks.add(mark())


@dataclass
class Samples:
    """Everything that is counted of one place, within one branch."""

    observations: Tally = field(default_factory=Tally)
    presence: Presence = field(default_factory=Presence)
    by_tag: dict[str | None, Presence] = field(default_factory=dict)
    """Presence by the `type` of the object around it; None for objects without one."""
    by_client: dict[str | None, Presence] = field(default_factory=dict)
    """Presence by client; None where the source of the recording does not tell."""
    values: Tally = field(default_factory=Tally)
    types: Tallies = field(default_factory=dict)
    words: Tallies = field(default_factory=dict)
    texts: Tally = field(default_factory=Tally)
    """Strings that are no words of a protocol."""
    forms: Tallies = field(default_factory=dict)
    tags: Tallies = field(default_factory=dict)
    untagged: Tally = field(default_factory=Tally)
    """Objects without `type`, or with one that can tell nothing apart."""
    names: dict[str, set[str]] = field(default_factory=dict)
    """The members of the objects, by tag."""
    common: dict[str, set[str]] = field(default_factory=dict)
    """The members that all objects had, by tag."""
    sparse_names: Tally = field(default_factory=Tally)
    """Objects with which the names of one kind of object were many, and none of them in every object."""
    many_names: Tally = field(default_factory=Tally)
    """Objects with which the names of one kind of object were more than a plain object has."""
    free_names: Tally = field(default_factory=Tally)
    """Objects with a member that is named by an id."""
    members: Counter[str] = field(default_factory=Counter)
    """Of objects on the way that lack the next step: what they have instead."""
    depth: int = 0
    """How far any walk came."""

    def step(self, depth: int, value: Any) -> None:
        """Notes what is on the way: the members of the objects at the last place found."""
        if depth > self.depth:
            self.depth = depth
            self.members.clear()
        if depth == self.depth and isinstance(value, dict):
            self.members.update(name for name in value if name in self.members or len(self.members) < KEPT)

    def member(self, around: Mapping[str, Any], source: Source, *, lacks: bool) -> None:
        """Counts an object that has, or lacks, the member."""
        tag = around.get("type")
        kind = tag if isinstance(tag, str) and is_tag(tag) else None
        for presence in (
            self.presence,
            self.by_tag.setdefault(kind if len(self.by_tag) < KEPT else None, Presence()),
            self.by_client.setdefault(source.client if len(self.by_client) < KEPT else "", Presence()),
        ):
            presence.add(source.exchange, source.mark, lacks=lacks)

    def take(self, value: Any, exchange: str) -> None:
        """Counts a value."""
        self.values.add(exchange)
        add(self.types, TYPE_NAMES[type(value)], exchange)
        if isinstance(value, str):
            if is_word(value):
                add(self.words, value, exchange)
            else:
                self.texts.add(exchange)
                add(self.forms, form_of(value), exchange)
        elif isinstance(value, dict):
            self._take_object(value, exchange)

    def _take_object(self, value: dict[str, Any], exchange: str) -> None:
        tag = value.get("type")
        kind = tag if isinstance(tag, str) and is_tag(tag) else ""
        if kind:
            add(self.tags, kind, exchange)
        else:
            self.untagged.add(exchange)
        kind = kind if len(self.names) < KEPT else ""
        own = set(value) - ({"type"} if kind else set())
        common = self.common[kind] = self.common.get(kind, own) & own
        names = self.names.setdefault(kind, set())
        before = len(names)
        if before <= MEMBER_LIMIT:
            names.update(value)
            if len(names) > MEMBER_LIMIT:
                self.many_names.add(exchange)
        if not common and len(names - {"type"}) > SPARSE_LIMIT:
            self.sparse_names.add(exchange)
        if any(map(is_free_key, value)):
            self.free_names.add(exchange)
