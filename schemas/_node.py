"""What is known of one place in a value: the elements of a join-semilattice, and their join.

Every rule that gives knowledge up (a list too long, an object that is a map, a union with too many variants) looks at
the joined content only, so any order and any split of the samples ends in the same node.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, Final

from schemas._words import LIST_LIMIT, MEMBER_LIMIT, SEEN_LIMIT, TAG_LIMIT, is_free_key, is_storable, is_word

NONE: Final[Mapping[str, Any]] = {}
HINTS: Final = frozenset({"x-opaque", "x-open"})
"""Annotations that hints give; any other one was written by a person."""


@dataclass(frozen=True, slots=True)
class Obj:
    """The members of an object, or of one variant of a tagged union (then without `type`)."""

    members: Mapping[str, "Node"] = field(default_factory=dict)
    required: frozenset[str] | None = None
    """Members that every sample had; None while there was no sample."""
    rest: "Node | None" = None
    """The joined value of a map's members; None if the object is no map."""
    notes: Mapping[str, Any] = field(default_factory=dict)
    seen: frozenset[str] | None = frozenset()
    """Hashes of the distinct observations with such an object; None once they are enough."""


@dataclass(frozen=True, slots=True)
class Node:
    """What is known of one place; `Node()` knows nothing."""

    types: frozenset[str] = frozenset()
    values: frozenset[str] | None = frozenset()
    """The strings seen, None when they are not listed; for `x-atomic`, canonical JSON texts."""
    item: "Node | None" = None
    """The joined element of an array; None while every array was empty."""
    variants: Mapping[str | None, Obj] = field(default_factory=dict)
    """Objects by their member `type`; under None those without, or all of them if `type` does not tell them apart."""
    notes: Mapping[str, Any] = field(default_factory=dict)
    tag_notes: Mapping[str, Any] = field(default_factory=dict)
    """Annotations of the member `type`."""
    fixed: Mapping[str, Any] | None = None
    """A schema that is judgement (`x-fixed`) and stays as it is."""

    @property
    def merged(self) -> Obj | None:
        """The one object that holds all samples if `type` does not tell them apart."""
        return merged_object(self.variants)


def join(a: Node, b: Node) -> Node:
    """What is known when both are known: associative, commutative, idempotent.

    Annotations come from the schema that is grown (hints apart, which depend on the place only); where two
    nodes annotate one place differently, one of them wins by a fixed order.
    """
    if a.fixed is not None or b.fixed is not None:
        return max((node for node in (a, b) if node.fixed is not None), key=lambda node: canonical(node.fixed))
    notes = joined_notes(a.notes, b.notes)
    types = joined_types(a.types, b.types)
    if notes.get("x-opaque"):
        return Node(types, notes=notes)
    if notes.get("x-atomic"):
        return Node(types, listed(_atoms(a, b), notes), notes=notes)
    values = None if a.values is None or b.values is None else listed(a.values | b.values, notes)
    item = b.item if a.item is None else a.item if b.item is None else join(a.item, b.item)
    variants = dict(a.variants)
    for tag, variant in b.variants.items():
        variants[tag] = join_objects(variants[tag], variant) if tag in variants else variant
    return Node(types, values, item, settled(variants), notes, joined_notes(a.tag_notes, b.tag_notes))


def listed(values: frozenset[str] | None, notes: Mapping[str, Any]) -> frozenset[str] | None:
    """The values if a list of them is worth keeping, else None."""
    if not values:
        return values
    if notes.get("x-atomic"):
        return values if len(values) <= notes.get("x-limit", LIST_LIMIT) else None
    if notes.get("x-list") == "closed":
        return values if all(map(is_storable, values)) else None
    if notes.get("x-open") or len(values) > notes.get("x-limit", LIST_LIMIT):
        return None
    return values if all(map(is_word, values)) else None


def _atoms(a: Node, b: Node) -> frozenset[str] | None:
    """The values of two nodes of which one at least lists its values whole."""
    known = [node for node in (a, b) if node.types]
    if any(node.values is None or not node.notes.get("x-atomic") for node in known):
        return None
    return frozenset[str]().union(*(node.values or () for node in known))


def join_objects(a: Obj, b: Obj) -> Obj:
    """The join of two objects: members of either, required what both require, a map if either is one."""
    members = dict(a.members)
    for name, node in b.members.items():
        members[name] = join(members[name], node) if name in members else node
    required = b.required if a.required is None else a.required if b.required is None else a.required & b.required
    rest = b.rest if a.rest is None else a.rest if b.rest is None else join(a.rest, b.rest)
    seen = None if a.seen is None or b.seen is None else few(a.seen | b.seen)
    return folded(Obj(members, required, rest, joined_notes(a.notes, b.notes), seen))


def few(seen: frozenset[str], enough: int = SEEN_LIMIT) -> frozenset[str] | None:
    """The hashes, or None if they are enough."""
    return seen if len(seen) < enough else None


def folded(obj: Obj) -> Obj:
    """The object, made a map if its members' names are too many or plainly ids; annotated members stay members."""
    loose = {name for name, node in obj.members.items() if not is_declared(node)}
    if obj.rest is None and not free_names(loose, obj.notes):
        return obj
    rest = reduce(join, (obj.members[name] for name in sorted(loose)), obj.rest or Node())
    members = {name: node for name, node in obj.members.items() if name not in loose}
    required = None if obj.required is None else obj.required - loose
    return Obj(members, required, rest, obj.notes, obj.seen)


def free_names(names: set[str], notes: Mapping[str, Any]) -> bool:
    """Whether these names are keys of a map, no members that a protocol defines; `x-map: false` denies it."""
    if notes.get("x-map") is False:
        return not all(map(is_storable, names))
    return len(names) > MEMBER_LIMIT or any(map(is_free_key, names))


def is_declared(node: Node) -> bool:
    """Whether a person wrote something about the node."""
    return node.fixed is not None or not node.notes.keys() <= HINTS


def settled(variants: Mapping[str | None, Obj]) -> Mapping[str | None, Obj]:
    """The variants, merged into one object if `type` does not tell the samples apart."""
    if len(variants) > 1 and variants.get(None) == Obj():
        variants = {tag: obj for tag, obj in variants.items() if tag is not None}
    if len(variants) <= TAG_LIMIT and (len(variants) == 1 or merged_object(variants) is None):
        return variants
    order = sorted(variants, key=lambda tag: tag or "")
    return {None: folded(reduce(join_objects, (_untagged(tag, variants[tag]) for tag in order)))}


def merged_object(variants: Mapping[str | None, Obj]) -> Obj | None:
    """The object under None if it holds, or must come to hold, all samples."""
    plain = variants.get(None)
    return plain if plain is not None and (plain.rest is not None or "type" in plain.members) else None


def _untagged(tag: str | None, obj: Obj) -> Obj:
    """A variant as an object in which `type` is a member like any other."""
    notes = {"x-map": False} if obj.notes.get("x-map") is False else NONE
    if tag is None:
        return Obj(obj.members, obj.required, obj.rest, notes, obj.seen)
    node = Node(frozenset({"string"}), listed(frozenset({tag}), NONE))
    required = None if obj.required is None else obj.required | {"type"}
    return folded(Obj({**obj.members, "type": node}, required, obj.rest, notes, obj.seen))


def joined_types(a: frozenset[str], b: frozenset[str]) -> frozenset[str]:
    """The types of either; `number` contains `integer`."""
    types = a | b
    return types - {"integer"} if "number" in types else types


def joined_notes(a: Mapping[str, Any], b: Mapping[str, Any]) -> Mapping[str, Any]:
    """The annotations of either."""
    if not b or a == b:
        return a
    if not a:
        return b
    return {name: max((n[name] for n in (a, b) if name in n), key=canonical) for name in sorted(a.keys() | b.keys())}


def canonical(value: Any) -> str:
    """The value as text that is the same for equal values."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
