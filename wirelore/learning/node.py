"""The knowledge of one place in a value: the elements of a join-semilattice, and their join.

Every rule that generalizes (a list is too long, an object is a map, a union has too many variants) depends only on the
joined content, so any order and any split of the samples results in the same node.
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
"""Annotations from hints; all others are written by hand."""


EVERYONE: Final = "*"
"""Stands for all clients, in statements with enough evidence."""


@dataclass(frozen=True, slots=True)
class Presence:
    """The members in the samples of an object from one client."""

    always: frozenset[str]
    """Members of every sample."""
    seen: frozenset[str] | None = None
    """Hashes of the distinct observations with the object; None if there are enough."""


@dataclass(frozen=True, slots=True)
class Obj:
    """The members of an object, or of one variant of a tagged union (then without `type`)."""

    members: Mapping[str, "Node"] = field(default_factory=dict)
    clients: Mapping[str, Presence] = field(default_factory=dict)
    """Presence by client; only EVERYONE if there are too many clients; empty before the first sample."""
    rest: "Node | None" = None
    """The joined value of a map's members; None if the object is not a map."""
    notes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def required(self) -> frozenset[str] | None:
        """Members of every sample of every client; None before the first sample."""
        if not self.clients:
            return None
        return reduce(frozenset.intersection, (presence.always for presence in self.clients.values()))


@dataclass(frozen=True, slots=True)
class Node:
    """The knowledge of one place; `Node()` is empty."""

    types: frozenset[str] = frozenset()
    values: frozenset[str] | None = frozenset()
    """The observed strings; None if they are not listed; for `x-atomic`, canonical JSON."""
    item: "Node | None" = None
    """The joined element of an array; None if every array was empty."""
    forms: frozenset[str] | None = frozenset()
    """The forms of strings that are not listed (`string_forms`); None if they have no common forms."""
    samples: frozenset[str] | None = frozenset()
    """Hashes of the distinct strings with these forms; None if there are enough."""
    variants: Mapping[str | None, Obj] = field(default_factory=dict)
    """Objects by their member `type`; None for those without, or for all if `type` does not distinguish them."""
    notes: Mapping[str, Any] = field(default_factory=dict)
    tag_notes: Mapping[str, Any] = field(default_factory=dict)
    """Annotations of the member `type`."""
    fixed: Mapping[str, Any] | None = None
    """A hand-written schema (`x-fixed`), which never changes."""
    varies: Mapping[str, Varying] | None = None
    """The variation of each member of an object; None if it is not tracked (`x-varies`)."""

    @property
    def merged(self) -> Obj | None:
        """The single object with all samples, if `type` does not distinguish them; else None."""
        return merged_object(self.variants)


def join(a: Node, b: Node) -> Node:
    """Join two nodes; associative, commutative, idempotent.

    Annotations come from the schema that is widened (hints depend only on the place). If two nodes annotate one place
    differently, one of them wins by a fixed order.
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
    common = {name: joined(a[name], b[name]) for name in a.keys() & b.keys()}
    return {**a, **b, **common}


def _joined_forms(a: Node, b: Node) -> tuple[frozenset[str] | None, frozenset[str] | None]:
    (forms, samples), (other_forms, other_samples) = shown_forms(a.values, a), shown_forms(b.values, b)
    if forms is None or other_forms is None or len(forms | other_forms) > FORM_LIMIT:
        return None, None
    return forms | other_forms, None if samples is None or other_samples is None else few(samples | other_samples)


def shown_forms(values: frozenset[str] | None, node: Node) -> tuple[frozenset[str] | None, frozenset[str] | None]:
    """Return the forms of a node's strings, including listed ones, and the hashes of distinct strings."""
    if values is None:
        return node.forms, node.samples
    forms = {form_of(value) for value in values}
    if "" in forms or len(forms) > FORM_LIMIT:
        return None, None
    return frozenset(forms), few(frozenset(map(short_hash, values)))


def listed(values: frozenset[str] | None, notes: Mapping[str, Any]) -> frozenset[str] | None:
    """Return the values if they can be listed, else None."""
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
    """Return the joined values of two nodes if both list values as a whole, else None."""
    typed = [node for node in (a, b) if node.types]
    if any(node.values is None or not node.notes.get("x-atomic") for node in typed):
        return None
    return frozenset[str]().union(*(node.values or () for node in typed))


def join_objects(a: Obj, b: Obj) -> Obj:
    """Join two objects: the members of either, the common required members, a map if either is one."""
    members = dict(a.members)
    for name, node in b.members.items():
        members[name] = join(members[name], node) if name in members else node
    clients = dict(a.clients)
    for client, presence in b.clients.items():
        clients[client] = _joined_presence(clients[client], presence) if client in clients else presence
    rest = b.rest if a.rest is None else a.rest if b.rest is None else join(a.rest, b.rest)
    return folded(Obj(members, counted(clients), rest, joined_notes(a.notes, b.notes)))


def counted(clients: Mapping[str, Presence]) -> Mapping[str, Presence]:
    """Return presence by client, merged into EVERYONE if it is present or there are too many clients."""
    if len(clients) <= CLIENT_LIMIT and (EVERYONE not in clients or len(clients) == 1):
        return clients
    return {EVERYONE: Presence(reduce(frozenset.intersection, (each.always for each in clients.values())))}


def _joined_presence(a: Presence, b: Presence) -> Presence:
    return Presence(a.always & b.always, None if a.seen is None or b.seen is None else few(a.seen | b.seen))


def few(seen: frozenset[str]) -> frozenset[str] | None:
    """Return the hashes, or None if there are enough."""
    return seen if len(seen) < SEEN_LIMIT else None


def folded(obj: Obj) -> Obj:
    """Turn an object into a map if its member names are too many or ids; annotated members stay members."""
    loose = {name for name, node in obj.members.items() if not is_declared(node)}
    if obj.rest is None and not free_names(loose, obj.required, obj.notes):
        return obj
    rest = reduce(join, (obj.members[name] for name in sorted(loose)), obj.rest or Node())
    members = {name: node for name, node in obj.members.items() if name not in loose}
    return Obj(members, renamed(obj.clients, lambda always: always - loose), rest, obj.notes)


def renamed(
    clients: Mapping[str, Presence], change: Callable[[frozenset[str]], frozenset[str]]
) -> Mapping[str, Presence]:
    """Apply a function to the members that are always present, for each client."""
    return {client: Presence(change(presence.always), presence.seen) for client, presence in clients.items()}


def free_names(names: set[str], required: frozenset[str] | None, notes: Mapping[str, Any]) -> bool:
    """Return True if names are the keys of a map instead of members of the protocol, unless `x-map` is false.

    That is the case if there are too many, if one is an id, or if there are many and none is always present.
    """
    if notes.get("x-map") is False:
        return not all(map(is_storable, names))
    plain = names - {"type"}  # `type` is a member of the protocol, in a union or not
    if len(plain) > SPARSE_LIMIT and required is not None and not required & plain:
        return True
    return len(names) > MEMBER_LIMIT or any(map(is_free_key, names))


def is_declared(node: Node) -> bool:
    """Return True if the node has hand-written annotations."""
    return node.fixed is not None or not node.notes.keys() <= HINTS


def settled(variants: Mapping[str | None, Obj]) -> Mapping[str | None, Obj]:
    """Merge the variants into one object if `type` does not distinguish the samples."""
    if len(variants) > 1 and variants.get(None) == Obj():
        variants = {tag: obj for tag, obj in variants.items() if tag is not None}
    if len(variants) <= TAG_LIMIT and (len(variants) == 1 or merged_object(variants) is None):
        return variants
    order = sorted(variants, key=lambda tag: tag or "")
    return {None: folded(reduce(join_objects, (_untagged(tag, variants[tag]) for tag in order)))}


def merged_object(variants: Mapping[str | None, Obj]) -> Obj | None:
    """Return the object under None if it contains all samples, or must do so after merging."""
    plain = variants.get(None)
    return plain if plain is not None and (plain.rest is not None or "type" in plain.members) else None


def _untagged(tag: str | None, obj: Obj) -> Obj:
    """Convert a variant to an object in which `type` is an ordinary member."""
    notes = {"x-map": False} if obj.notes.get("x-map") is False else NONE
    if tag is None:
        return Obj(obj.members, obj.clients, obj.rest, notes)
    node = join(Node(), Node(frozenset({"string"}), frozenset({tag})))
    clients = renamed(obj.clients, lambda always: always | {"type"})
    return folded(Obj({**obj.members, "type": node}, clients, obj.rest, notes))


def joined_types(a: frozenset[str], b: frozenset[str]) -> frozenset[str]:
    """Return the types of either; `number` includes `integer`."""
    types = a | b
    return types - {"integer"} if "number" in types else types


def joined_notes(a: Mapping[str, Any], b: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the annotations of either."""
    if not b or a == b:
        return a
    if not a:
        return b
    return {name: max((n[name] for n in (a, b) if name in n), key=canonical) for name in sorted(a.keys() | b.keys())}


def canonical(value: Any) -> str:
    """Return canonical JSON, which is equal for equal values."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
