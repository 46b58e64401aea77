"""In-place learning of the members of an object.

A plan is computed once for each sequence of member names. With a plan, a sample costs one call for each value that can
still change the result.
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
"""Maximum number of cached plans of one object."""

Hints = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Annotations by member name, then by the `type` of the parent object (`*` for any, empty for none)."""


class Builder(Protocol):
    """A learner of the values of one member."""

    settled_types: set[type]
    """Types whose values change nothing any more, so that the call is skipped."""
    known_strings: frozenset[str] | set[str]
    """Strings that change nothing."""

    @property
    def is_declared(self) -> bool:
        """True if the member has hand-written annotations."""
        ...

    def add(self, value: Any) -> None:
        """Add one value."""

    def annotate(self, notes: Mapping[str, Any]) -> None:
        """Add annotations from hints."""

    def node(self) -> Node:
        """Return the current node."""
        ...


class _Ignoring:
    """Ignores values that need no learning: the tag of a variant."""

    is_declared = True

    def __init__(self) -> None:
        self.settled_types = set(TYPE_NAMES)
        self.known_strings: frozenset[str] | set[str] = frozenset()

    def add(self, value: Any) -> None:
        """Do nothing."""

    def annotate(self, notes: Mapping[str, Any]) -> None:
        """Do nothing."""

    def node(self) -> Node:
        return Node()


_IGNORING = _Ignoring()


class _Account:
    """The samples of an object from one client: the members present in all of them, and the plans."""

    __slots__ = ("always", "plans", "seen")

    def __init__(self, presence: Presence | None) -> None:
        self.always = None if presence is None else presence.always
        self.seen = frozenset[str]() if presence is None else presence.seen
        self.plans: dict[tuple[Any, ...], list[Builder]] = {}


class Members:
    """The members of an object, or of one variant of a union, which samples widen in place."""

    __slots__ = ("_clients", "_hints", "_make", "_members", "_notes", "_rest", "_source", "_tag")

    def __init__(
        self, tag: str | None, obj: Obj, hints: Hints, source: Observation, make: Callable[[Node], Builder]
    ) -> None:
        self._tag, self._hints, self._source, self._make = tag, hints, source, make
        self._fill(obj)

    def _fill(self, obj: Obj) -> None:
        self._notes = obj.notes
        self._members = {name: self._make(node) for name, node in obj.members.items()}
        self._clients = {client: _Account(presence) for client, presence in obj.clients.items()}
        self._rest = None if obj.rest is None else self._make(obj.rest)

    @property
    def is_merged(self) -> bool:
        """True if objects of several kinds are merged here."""
        return self._tag is None and (self._rest is not None or "type" in self._members)

    @property
    def is_unseen(self) -> bool:
        """True if no object has been added yet."""
        has_content = self._members or self._notes or self._rest is not None or self._clients
        return self._tag is None and not has_content

    def obj(self) -> Obj:
        """Return the members as an immutable object of the node algebra."""
        members = {name: builder.node() for name, builder in self._members.items()}
        clients = {
            client: Presence(account.always, account.seen)
            for client, account in self._clients.items()
            if account.always is not None
        }
        return Obj(members, counted(clients), None if self._rest is None else self._rest.node(), self._notes)

    def add(self, value: dict[str, Any]) -> bool:
        """Add one sample; return True if the union must check whether its variants remain separate."""
        account = self._clients.get(self._source.client) or self._account()
        if account.seen is not None:
            account.seen = few(account.seen | {self._source.mark})
        tag = value.get("type") if self._tag is None else self._tag
        shape = (tag if type(tag) is str else None, *value) if self._tag is None else tuple(value)
        plan = account.plans.get(shape)
        changed = plan is None
        if plan is None:
            plan = self._plan(value, tag if type(tag) is str else None, account)
            if self._rest is None:
                if len(account.plans) >= PLAN_LIMIT:
                    account.plans.clear()
                account.plans[shape] = plan
        for builder, member in zip(plan, value.values(), strict=False):  # equal lengths: the plan has the same names
            kind = type(member)
            if kind not in builder.settled_types and not (kind is str and member in builder.known_strings):
                builder.add(member)
        return changed

    def _account(self) -> _Account:
        """Return the account of the current client, or everyone's if clients are not stored separately."""
        client = self._source.client
        if EVERYONE not in self._clients:
            if client != EVERYONE and len(self._clients) < CLIENT_LIMIT:
                account = self._clients[client] = _Account(None)
                return account
            everyone = _Account(None)
            everyone.seen = None
            everyone.always = self._common()
            self._clients = {EVERYONE: everyone}
        return self._clients[EVERYONE]

    def _common(self) -> frozenset[str] | None:
        """Return the members of every sample of every client; None before the first sample."""
        accounts = [account.always for account in self._clients.values() if account.always is not None]
        return reduce(frozenset.intersection, accounts) if accounts else None

    def _plan(self, value: dict[str, Any], tag: str | None, account: _Account) -> list[Builder]:
        """Return the builder of each member of objects with these names; update the members always present."""
        names = frozenset(value) if self._tag is None else frozenset(value) - {"type"}
        previous = account.always
        account.always = names if previous is None else previous & names
        new = [name for name in value if name in names and name not in self._members]
        if self._rest is None and (new or account.always != previous):
            loose = {name for name, builder in self._members.items() if not builder.is_declared}
            if free_names(loose.union(new), self._common(), self._notes):
                self._fold()
        if self._rest is None:
            for name in new:
                self._members[name] = self._make(Node())
        else:
            account.always = account.always.intersection(self._members)
        return [self._builder(name, tag) for name in value]

    def _fold(self) -> None:
        """Turn the object into a map."""
        obj = self.obj()
        declared = {name: node for name, node in obj.members.items() if is_declared(node)}
        joined = reduce(join, (obj.members[name] for name in sorted(obj.members.keys() - declared.keys())), Node())
        clients = renamed(obj.clients, lambda always: always.intersection(declared))
        self._fill(folded(Obj(declared, clients, joined, obj.notes)))

    def _builder(self, name: str, tag: str | None) -> Builder:
        if name == "type" and self._tag is not None:
            return _IGNORING
        builder = self._members.get(name) or self._rest or _IGNORING
        if name in self._hints and name != "type":
            for variant in (tag or "", "*"):
                builder.annotate(self._hints[name].get(variant, NONE))
        return builder
