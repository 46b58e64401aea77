"""What is known of one place in a value: the elements of a join-semilattice, and their join.

Every rule that gives knowledge up (a list too long, an object that is a map, a union with too many variants) looks at
the joined content only, so any order and any split of the samples ends in the same node.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, Final

from wirelore.learning.string_forms import FORM_LIMIT, form_of, short_hash
from wirelore.learning.variation import Varying, joined
from wirelore.schema.limits import (
    CLIENT_LIMIT,
    LIST_LIMIT,
    MEMBER_LIMIT,
    SEEN_LIMIT,
    SPARSE_LIMIT,
    TAG_LIMIT,
    is_free_key,
    is_storable,
    is_word,
)

NONE: Final[Mapping[str, Any]] = {}
_NO_FORM: Final[frozenset[str]] = frozenset()
HINTS: Final = frozenset({"x-opaque", "x-open"})
"""Annotations that hints give; any other one was written by a person."""


EVERYONE: Final = "*"
"""In place of a client: what is stated of all clients, and rests on enough."""


@dataclass(frozen=True, slots=True)
class Presence:
    """What the samples of one client show of an object's members."""

    always: frozenset[str]
    """Members that every sample had."""
    seen: frozenset[str] | None = None
    """Hashes of the distinct observations with such an object; None once they are enough."""


@dataclass(frozen=True, slots=True)
class Obj:
    """The members of an object, or of one variant of a tagged union (then without `type`)."""

    members: Mapping[str, "Node"] = field(default_factory=dict)
    clients: Mapping[str, Presence] = field(default_factory=dict)
    """By client; under EVERYONE alone once there are too many to keep apart; empty while there was no sample."""
    rest: "Node | None" = None
    """The joined value of a map's members; None if the object is no map."""
    notes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def required(self) -> frozenset[str] | None:
        """Members that every sample of every client had; None while there was no sample."""
        return reduce(frozenset.intersection, (each.always for each in self.clients.values())) if self.clients else None


@dataclass(frozen=True, slots=True)
class Node:
    """What is known of one place; `Node()` knows nothing."""

    types: frozenset[str] = frozenset()
    values: frozenset[str] | None = frozenset()
    """The strings seen, None when they are not listed; for `x-atomic`, canonical JSON texts."""
    item: "Node | None" = None
    """The joined element of an array; None while every array was empty."""
    forms: frozenset[str] | None = frozenset()
    """The forms of strings that are not listed (`string_forms`); None once they have none in common."""
    samples: frozenset[str] | None = frozenset()
    """Hashes of the distinct strings that show the forms; None once they are enough."""
    variants: Mapping[str | None, Obj] = field(default_factory=dict)
    """Objects by their member `type`; under None those without, or all of them if `type` does not tell them apart."""
    notes: Mapping[str, Any] = field(default_factory=dict)
    tag_notes: Mapping[str, Any] = field(default_factory=dict)
    """Annotations of the member `type`."""
    fixed: Mapping[str, Any] | None = None
    """A schema that is judgement (`x-fixed`) and stays as it is."""
    varies: Mapping[str, Varying] | None = None
    """How each member of an object varies; None where that is not asked (`x-varies`)."""

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
    forms, samples = _joined_forms(a, b) if values is None else (_NO_FORM, _NO_FORM)
    item = b.item if a.item is None else a.item if b.item is None else join(a.item, b.item)
    variants = dict(a.variants)
    for tag, variant in b.variants.items():
        variants[tag] = join_objects(variants[tag], variant) if tag in variants else variant
    tag_notes = joined_notes(a.tag_notes, b.tag_notes)
    varies = a.varies if b.varies is None else b.varies if a.varies is None else _joined_varies(a.varies, b.varies)
    return Node(types, values, item, forms, samples, settled(variants), notes, tag_notes, varies=varies)


def _joined_varies(a: Mapping[str, Varying], b: Mapping[str, Varying]) -> Mapping[str, Varying]:
    both = {name: joined(a[name], b[name]) for name in a.keys() & b.keys()}
    return {**a, **b, **both}


def _joined_forms(a: Node, b: Node) -> tuple[frozenset[str] | None, frozenset[str] | None]:
    (forms, samples), (other_forms, other_samples) = shown_forms(a.values, a), shown_forms(b.values, b)
    if forms is None or other_forms is None or len(forms | other_forms) > FORM_LIMIT:
        return None, None
    return forms | other_forms, None if samples is None or other_samples is None else few(samples | other_samples)


def shown_forms(values: frozenset[str] | None, node: Node) -> tuple[frozenset[str] | None, frozenset[str] | None]:
    """The forms of a node's strings and the hashes that show them, also of those that are listed."""
    if values is None:
        return node.forms, node.samples
    forms = {form_of(value) for value in values}
    if "" in forms or len(forms) > FORM_LIMIT:
        return None, None
    return frozenset(forms), few(frozenset(map(short_hash, values)))


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
    clients = dict(a.clients)
    for client, presence in b.clients.items():
        clients[client] = _joined_presence(clients[client], presence) if client in clients else presence
    rest = b.rest if a.rest is None else a.rest if b.rest is None else join(a.rest, b.rest)
    return folded(Obj(members, counted(clients), rest, joined_notes(a.notes, b.notes)))


def counted(clients: Mapping[str, Presence]) -> Mapping[str, Presence]:
    """What clients show, as one statement of everyone if it is, or must come to be, one."""
    if len(clients) <= CLIENT_LIMIT and (EVERYONE not in clients or len(clients) == 1):
        return clients
    return {EVERYONE: Presence(reduce(frozenset.intersection, (each.always for each in clients.values())))}


def _joined_presence(a: Presence, b: Presence) -> Presence:
    return Presence(a.always & b.always, None if a.seen is None or b.seen is None else few(a.seen | b.seen))


def few(seen: frozenset[str]) -> frozenset[str] | None:
    """The hashes, or None if they are enough."""
    return seen if len(seen) < SEEN_LIMIT else None


def folded(obj: Obj) -> Obj:
    """The object, made a map if its members' names are too many or plainly ids; annotated members stay members."""
    loose = {name for name, node in obj.members.items() if not is_declared(node)}
    if obj.rest is None and not free_names(loose, obj.required, obj.notes):
        return obj
    rest = reduce(join, (obj.members[name] for name in sorted(loose)), obj.rest or Node())
    members = {name: node for name, node in obj.members.items() if name not in loose}
    return Obj(members, renamed(obj.clients, lambda always: always - loose), rest, obj.notes)


def renamed(
    clients: Mapping[str, Presence], change: Callable[[frozenset[str]], frozenset[str]]
) -> Mapping[str, Presence]:
    """What clients show, with the members that were always there changed."""
    return {client: Presence(change(each.always), each.seen) for client, each in clients.items()}


def free_names(names: set[str], required: frozenset[str] | None, notes: Mapping[str, Any]) -> bool:
    """Whether these names are keys of a map, no members that a protocol defines; `x-map: false` denies it.

    They are if there are too many of them, if one is plainly an id, or if they are many and none is always there.
    """
    if notes.get("x-map") is False:
        return not all(map(is_storable, names))
    plain = names - {"type"}  # which says what kind of object it is, whether in a union or not
    if len(plain) > SPARSE_LIMIT and required is not None and not required & plain:
        return True
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
        return Obj(obj.members, obj.clients, obj.rest, notes)
    node = join(Node(), Node(frozenset({"string"}), frozenset({tag})))
    clients = renamed(obj.clients, lambda always: always | {"type"})
    return folded(Obj({**obj.members, "type": node}, clients, obj.rest, notes))


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
