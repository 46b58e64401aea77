"""Samples taken into a node in place: the same result as joining a node for each sample, without making one.

An object's work is done once for each sequence of member names (its plan); after that a sample costs one call for
each value.
"""

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Any

from schemas._node import (
    NONE,
    Node,
    Obj,
    canonical,
    few,
    folded,
    free_names,
    is_declared,
    join,
    joined_notes,
    joined_types,
    listed,
    merged_object,
    settled,
)
from schemas._observation import Observation
from schemas._words import ATOM_LIMIT, DEPTH_LIMIT, SEEN_LIMIT, TAG_LIMIT, TEXT_LIMIT, TYPE_NAMES, is_tag

PLAN_LIMIT = 256
"""Sequences of member names that are remembered for one object."""

Hints = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Annotations by member name, then by the enclosing object's `type` (`*` for any, empty for none)."""

_OPAQUE: Mapping[str, Any] = {"x-opaque": True}


def node_of(value: Any, hints: Hints = NONE, depth: int = 0) -> Node:
    """What one sample shows."""
    taker = Taker(Node(), hints, depth)
    taker.observe(value)
    return taker.node()


class Taker:
    """A node that samples are taken into."""

    __slots__ = (
        "_depth",
        "_fixed",
        "_hints",
        "_item",
        "_notes",
        "_shut",
        "_source",
        "_tag_notes",
        "_types",
        "_values",
        "_variants",
        "_whole",
        "settled_types",
    )

    def __init__(self, node: Node, hints: Hints = NONE, depth: int = 0, source: Observation | None = None) -> None:
        self._hints, self._depth = hints, depth
        self._source = source or Observation()
        self._fixed = node.fixed
        if depth >= DEPTH_LIMIT and node.fixed is None and not node.notes.get("x-opaque"):
            node = join(node, Node(notes=_OPAQUE))
        self._fill(node)

    def _fill(self, node: Node) -> None:
        self._notes, self._tag_notes = node.notes, node.tag_notes
        self._types = set(node.types)
        self.settled_types: set[type] = set()  # a value of these has nothing left to teach: saves the call
        self._values = None if node.values is None else set(node.values)
        self._item = None if node.item is None else self._below(node.item)
        self._variants = {tag: self._members(tag, obj) for tag, obj in node.variants.items()}
        self._whole = merged_object(node.variants) is not None
        self._shut = bool(node.fixed is not None or node.notes.get("x-opaque") or node.notes.get("x-atomic"))

    def _below(self, node: Node) -> "Taker":
        return Taker(node, self._hints, self._depth + 1, self._source)

    def _members(self, tag: str | None, obj: Obj) -> "_Members":
        return _Members(tag, obj, self._hints, self._depth + 1, self._source)

    @property
    def is_declared(self) -> bool:
        """Whether a person wrote something about the node."""
        return is_declared(Node(notes=self._notes, fixed=self._fixed))

    def node(self) -> Node:
        """What is known now."""
        values = None if self._values is None else frozenset(self._values)
        item = None if self._item is None else self._item.node()
        types = joined_types(frozenset(self._types), frozenset())
        variants = {tag: members.obj() for tag, members in self._variants.items()}
        return Node(types, values, item, variants, self._notes, self._tag_notes, self._fixed)

    def observe(self, value: Any) -> None:
        """Takes in a whole observation."""
        self._source.begin(value)
        self.take(value)

    def take(self, value: Any) -> None:
        """Widens the node so that the value, a part of the observation, is one of its samples."""
        if self._shut:
            self._take_whole(value)
            return
        kind = type(value)
        if kind is str:
            self._types.add("string")
            values = self._values
            if values is None:
                self.settled_types.add(str)
            elif value not in values:
                self._list(value)
        elif kind is dict:
            self._types.add("object")
            self._take_object(value)
        elif kind is list or kind is tuple:
            self._types.add("array")
            if value:
                if self._item is None:
                    self._item = self._below(Node())
                item = self._item
                for element in value:
                    if type(element) not in item.settled_types:
                        item.take(element)
        else:
            self._types.add(_name(value))
            self.settled_types.add(kind)

    def annotate(self, notes: Mapping[str, Any]) -> None:
        """Adds annotations that hints give."""
        if self._fixed is None and joined_notes(self._notes, notes) != self._notes:
            self._fill(join(self.node(), Node(notes=notes)))

    def _list(self, value: str) -> None:
        if self._values is not None:
            known = frozenset(self._values) | {value} if len(value) <= TEXT_LIMIT else None
            kept = listed(known, self._notes)
            self._values = None if kept is None else set(kept)

    def _take_whole(self, value: Any) -> None:
        if self._fixed is not None:
            return
        self._types.add(_name(value))
        if self._notes.get("x-opaque") or self._values is None:
            self.settled_types.add(type(value))
        else:
            text = canonical(value)
            fits = len(text) <= ATOM_LIMIT and not any("\ud800" <= sign <= "\udfff" for sign in text)
            kept = listed(frozenset(self._values) | {text}, self._notes) if fits else None
            self._values = None if kept is None else set(kept)

    def _take_object(self, value: dict[str, Any]) -> None:
        members: _Members | None
        if self._whole:
            members = self._variants[None]
        else:
            tag = value.get("type")
            members = self._variants.get(tag) if type(tag) is str or "type" not in value else None
            if members is None:
                members = self._new_variant(tag)
        if members.take(value):
            self._settle()

    def _new_variant(self, tag: Any) -> "_Members":
        """The members of a variant that had no sample; if the tag cannot tell variants apart, of all that have none."""
        is_deep = self._depth >= DEPTH_LIMIT - 1  # then the tag itself is not looked at
        name = tag if isinstance(tag, str) and is_tag(tag) and not is_deep else None
        if name not in self._variants:
            self._variants[name] = self._members(name, Obj())
        return self._variants[name]

    def _settle(self) -> None:
        plain = self._variants.get(None)
        must_merge = plain is not None and plain.is_merged
        spare = plain is not None and plain.is_unseen
        if len(self._variants) > 1 and (must_merge or spare or len(self._variants) > TAG_LIMIT):
            kept = settled({tag: members.obj() for tag, members in self._variants.items()})
            self._variants = {tag: self._members(tag, obj) for tag, obj in kept.items()}
            plain = self._variants.get(None)
        self._whole = plain is not None and plain.is_merged


class _Members:
    """The members of an object, or of one variant of a union, that samples are taken into."""

    __slots__ = ("_depth", "_hints", "_members", "_notes", "_plans", "_required", "_rest", "_seen", "_source", "_tag")

    def __init__(self, tag: str | None, obj: Obj, hints: Hints, depth: int, source: Observation) -> None:
        self._tag, self._hints, self._depth, self._source = tag, hints, depth, source
        self._plans: dict[tuple[Any, ...], list[Taker]] = {}
        self._fill(obj)

    def _fill(self, obj: Obj) -> None:
        self._notes = obj.notes
        self._members = {name: self._taker_of(node) for name, node in obj.members.items()}
        self._required = None if obj.required is None else set(obj.required)
        self._rest = None if obj.rest is None else self._taker_of(obj.rest)
        self._seen = None if obj.seen is None else few(obj.seen, self._source.enough)

    def _taker_of(self, node: Node) -> Taker:
        return Taker(node, self._hints, self._depth, self._source)

    @property
    def is_merged(self) -> bool:
        return self._tag is None and (self._rest is not None or "type" in self._members)

    @property
    def is_unseen(self) -> bool:
        known = self._members or self._notes or self._rest is not None or self._required is not None
        return self._tag is None and not known

    def obj(self) -> Obj:
        members = {name: taker.node() for name, taker in self._members.items()}
        required = None if self._required is None else frozenset(self._required)
        return Obj(members, required, None if self._rest is None else self._rest.node(), self._notes, self._seen)

    def take(self, value: dict[str, Any]) -> bool:
        """Takes one sample; True if the union must look whether its variants can stay apart."""
        if self._seen is not None:
            self._seen = few(self._seen | {self._source.mark}, self._source.enough)
        tag = value.get("type") if self._tag is None else self._tag
        shape = (tag if type(tag) is str else None, *value) if self._tag is None else tuple(value)
        plan = self._plans.get(shape)
        changed = plan is None
        if plan is None:
            plan = self._plan(value, tag if type(tag) is str else None)
            if self._rest is None:
                if len(self._plans) >= PLAN_LIMIT:
                    self._plans.clear()
                self._plans[shape] = plan
        for taker, member in zip(plan, value.values(), strict=False):  # one for each: the plan is made from the names
            if type(member) not in taker.settled_types:
                taker.take(member)
        return changed

    def _plan(self, value: dict[str, Any], tag: str | None) -> list[Taker]:
        """Who takes each member of objects with these member names; notes which members are required."""
        names = [name for name in value if self._tag is None or name != "type"]
        new = [name for name in names if name not in self._members]
        if self._rest is None and new:
            loose = {name for name, taker in self._members.items() if not taker.is_declared}
            if free_names(loose.union(new), self._notes):
                self._fold()
        if self._rest is None:
            for name in new:
                self._members[name] = self._taker_of(Node())
        present = self._members.keys() & names
        self._required = present if self._required is None else self._required & present
        return [self._taker(name, tag) for name in value]

    def _fold(self) -> None:
        """Makes the object a map."""
        obj = self.obj()
        kept = {name: node for name, node in obj.members.items() if is_declared(node)}
        rest = reduce(join, (obj.members[name] for name in sorted(obj.members.keys() - kept.keys())), Node())
        self._plans.clear()
        required = None if obj.required is None else obj.required.intersection(kept)
        self._fill(folded(Obj(kept, required, rest, obj.notes, obj.seen)))

    def _taker(self, name: str, tag: str | None) -> Taker:
        if name == "type" and self._tag is not None:
            return _NOBODY
        taker = self._members.get(name) or self._rest or _NOBODY
        if name in self._hints and name != "type":
            for variant in (tag or "", "*"):
                taker.annotate(self._hints[name].get(variant, NONE))
        return taker


def _name(value: Any) -> str:
    """The JSON type of a value; raises TypeError if it has none."""
    name = TYPE_NAMES.get(type(value))
    if name is None:
        raise TypeError(f"{type(value).__name__} in an observation; it is made of JSON values only")
    return name


def taken(node: Node, values: Iterable[Any], hints: Hints = NONE, enough: int = SEEN_LIMIT) -> Node:
    """The node with all these observations taken in."""
    taker = Taker(node, hints, source=Observation(enough))
    for value in values:
        taker.observe(value)
    return taker.node()


_NOBODY = Taker(Node(fixed={}))
