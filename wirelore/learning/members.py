"""Samples taken into the members of an object in place.

The work is done once for each sequence of member names (its plan); after that a sample costs one call for each value
that has something left to teach.
"""

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any, Protocol

from wirelore.learning.node import (
    EVERYONE,
    NONE,
    Node,
    Obj,
    Presence,
    counted,
    few,
    folded,
    free_names,
    is_declared,
    join,
    renamed,
)
from wirelore.learning.observation import Observation
from wirelore.schema.limits import CLIENT_LIMIT, TYPE_NAMES

PLAN_LIMIT = 256
"""Sequences of member names that are remembered for one object."""

Hints = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Annotations by member name, then by the enclosing object's `type` (`*` for any, empty for none)."""


class Builder(Protocol):
    """What takes the values of one member."""

    settled_types: set[type]
    """Values of these have nothing left to teach: saves the call."""
    known_strings: frozenset[str] | set[str]
    """Nor have these."""

    @property
    def is_declared(self) -> bool:
        """Whether a person wrote something about the member."""
        ...

    def take(self, value: Any) -> None:
        """Takes one value."""

    def annotate(self, notes: Mapping[str, Any]) -> None:
        """Adds annotations that hints give."""

    def node(self) -> Node:
        """What is known now."""
        ...


class _Nobody:
    """Takes what has nothing to teach: the tag of a variant."""

    is_declared = True

    def __init__(self) -> None:
        self.settled_types = set(TYPE_NAMES)
        self.known_strings: frozenset[str] | set[str] = frozenset()

    def take(self, value: Any) -> None:
        """Leaves it."""

    def annotate(self, notes: Mapping[str, Any]) -> None:
        """Leaves it."""

    def node(self) -> Node:
        return Node()


_NOBODY = _Nobody()


class _Own:
    """What one client's samples of an object show: the members always there, and who takes the members."""

    __slots__ = ("always", "plans", "seen")

    def __init__(self, presence: Presence | None) -> None:
        self.always = None if presence is None else presence.always
        self.seen = frozenset[str]() if presence is None else presence.seen
        self.plans: dict[tuple[Any, ...], list[Builder]] = {}


class Members:
    """The members of an object, or of one variant of a union, that samples are taken into."""

    __slots__ = ("_clients", "_hints", "_make", "_members", "_notes", "_rest", "_source", "_tag")

    def __init__(
        self, tag: str | None, obj: Obj, hints: Hints, source: Observation, make: Callable[[Node], Builder]
    ) -> None:
        self._tag, self._hints, self._source, self._make = tag, hints, source, make
        self._fill(obj)

    def _fill(self, obj: Obj) -> None:
        self._notes = obj.notes
        self._members = {name: self._make(node) for name, node in obj.members.items()}
        self._clients = {client: _Own(presence) for client, presence in obj.clients.items()}
        self._rest = None if obj.rest is None else self._make(obj.rest)

    @property
    def is_merged(self) -> bool:
        """Whether objects of several kinds are described here together."""
        return self._tag is None and (self._rest is not None or "type" in self._members)

    @property
    def is_unseen(self) -> bool:
        """Whether no object has been taken yet."""
        known = self._members or self._notes or self._rest is not None or self._clients
        return self._tag is None and not known

    def obj(self) -> Obj:
        """The members as an immutable object of the node algebra."""
        members = {name: taker.node() for name, taker in self._members.items()}
        clients = {
            client: Presence(own.always, own.seen) for client, own in self._clients.items() if own.always is not None
        }
        return Obj(members, counted(clients), None if self._rest is None else self._rest.node(), self._notes)

    def take(self, value: dict[str, Any]) -> bool:
        """Takes one sample; True if the union must look whether its variants can stay apart."""
        own = self._clients.get(self._source.client) or self._own()
        if own.seen is not None:
            own.seen = few(own.seen | {self._source.mark})
        tag = value.get("type") if self._tag is None else self._tag
        shape = (tag if type(tag) is str else None, *value) if self._tag is None else tuple(value)
        plan = own.plans.get(shape)
        changed = plan is None
        if plan is None:
            plan = self._plan(value, tag if type(tag) is str else None, own)
            if self._rest is None:
                if len(own.plans) >= PLAN_LIMIT:
                    own.plans.clear()
                own.plans[shape] = plan
        for taker, member in zip(plan, value.values(), strict=False):  # one for each: the plan is made from the names
            kind = type(member)
            if kind not in taker.settled_types and not (kind is str and member in taker.known_strings):
                taker.take(member)
        return changed

    def _own(self) -> _Own:
        """The account of the present client, or everyone's where clients are not kept apart."""
        client = self._source.client
        if EVERYONE not in self._clients:
            if client != EVERYONE and len(self._clients) < CLIENT_LIMIT:
                own = self._clients[client] = _Own(None)
                return own
            everyone = _Own(None)
            everyone.seen = None
            everyone.always = self._common()
            self._clients = {EVERYONE: everyone}
        return self._clients[EVERYONE]

    def _common(self) -> frozenset[str] | None:
        """The members that every sample of every client had; None while there was no sample."""
        accounts = [own.always for own in self._clients.values() if own.always is not None]
        return reduce(frozenset.intersection, accounts) if accounts else None

    def _plan(self, value: dict[str, Any], tag: str | None, own: _Own) -> list[Builder]:
        """Who takes each member of objects with these member names; notes which members are always there."""
        names = frozenset(value) if self._tag is None else frozenset(value) - {"type"}
        before = own.always
        own.always = names if before is None else before & names
        new = [name for name in value if name in names and name not in self._members]
        if self._rest is None and (new or own.always != before):
            loose = {name for name, taker in self._members.items() if not taker.is_declared}
            if free_names(loose.union(new), self._common(), self._notes):
                self._fold()
        if self._rest is None:
            for name in new:
                self._members[name] = self._make(Node())
        else:
            own.always = own.always.intersection(self._members)
        return [self._taker(name, tag) for name in value]

    def _fold(self) -> None:
        """Makes the object a map."""
        obj = self.obj()
        kept = {name: node for name, node in obj.members.items() if is_declared(node)}
        rest = reduce(join, (obj.members[name] for name in sorted(obj.members.keys() - kept.keys())), Node())
        clients = renamed(obj.clients, lambda always: always.intersection(kept))
        self._fill(folded(Obj(kept, clients, rest, obj.notes)))

    def _taker(self, name: str, tag: str | None) -> Builder:
        if name == "type" and self._tag is not None:
            return _NOBODY
        taker = self._members.get(name) or self._rest or _NOBODY
        if name in self._hints and name != "type":
            for variant in (tag or "", "*"):
                taker.annotate(self._hints[name].get(variant, NONE))
        return taker
