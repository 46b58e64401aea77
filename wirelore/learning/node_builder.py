"""In-place learning of a node: equivalent to joining a node for each sample, but faster."""

from collections.abc import Iterable, Mapping
from typing import Any

from wirelore.learning.members import Hints, Members
from wirelore.learning.node import (
    NONE,
    Node,
    Obj,
    canonical,
    few,
    is_declared,
    join,
    joined_notes,
    joined_types,
    listed,
    merged_object,
    settled,
    shown_forms,
)
from wirelore.learning.observation import UNKNOWN_ORIGIN, Observation, Origin
from wirelore.learning.string_forms import FORM_LIMIT, form_of, short_hash
from wirelore.learning.variation import Varying, from_message, joined
from wirelore.schema.limits import ATOM_LIMIT, DEPTH_LIMIT, TAG_LIMIT, TEXT_LIMIT, TYPE_NAMES, has_no_surrogate, is_tag

_NO_STRINGS: frozenset[str] = frozenset()
_OPAQUE: Mapping[str, Any] = {"x-opaque": True}


class NodeBuilder:
    """A node that samples widen in place."""

    __slots__ = (
        "_depth",
        "_fixed",
        "_forms",
        "_hints",
        "_is_closed",
        "_is_merged",
        "_item",
        "_notes",
        "_samples",
        "_source",
        "_tag_notes",
        "_types",
        "_values",
        "_variants",
        "_varies",
        "known_strings",
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
        self.settled_types: set[type] = set()  # values of these types change nothing any more
        self._values = None if node.values is None else set(node.values)
        self.known_strings: frozenset[str] | set[str] = self._values or _NO_STRINGS  # listed strings change nothing
        self._forms, self._samples = node.forms, node.samples
        self._varies = None if node.varies is None else dict(node.varies)
        self._item = None if node.item is None else self._child(node.item)
        self._variants = {tag: self._members(tag, obj) for tag, obj in node.variants.items()}
        self._is_merged = merged_object(node.variants) is not None
        self._is_closed = bool(node.fixed is not None or node.notes.get("x-opaque") or node.notes.get("x-atomic"))
        if self._is_closed:
            self.known_strings = _NO_STRINGS

    def _child(self, node: Node) -> "NodeBuilder":
        return NodeBuilder(node, self._hints, self._depth + 1, self._source)

    def _members(self, tag: str | None, obj: Obj) -> Members:
        return Members(tag, obj, self._hints, self._source, self._child)

    @property
    def is_declared(self) -> bool:
        """True if the node has hand-written annotations."""
        return is_declared(Node(notes=self._notes, fixed=self._fixed))

    def node(self) -> Node:
        """Return the current node."""
        values = None if self._values is None else frozenset(self._values)
        item = None if self._item is None else self._item.node()
        types = joined_types(frozenset(self._types), frozenset())
        variants = {tag: members.obj() for tag, members in self._variants.items()}
        forms, samples = (self._forms, self._samples) if values is None else (frozenset[str](), frozenset[str]())
        varies = None if self._varies is None else dict(self._varies)
        return Node(types, values, item, forms, samples, variants, self._notes, self._tag_notes, self._fixed, varies)

    def observe(self, value: Any, client: str = "", origin: Origin = UNKNOWN_ORIGIN) -> None:
        """Add an observation of a client's exchange."""
        self._source.begin(value, client, origin)
        self.add(value)

    def add(self, value: Any) -> None:
        """Widen the node by a value, which is a part of the current observation."""
        if self._is_closed:
            self._add_atomic(value)
            return
        kind = type(value)
        if kind is str:
            self._types.add("string")
            values = self._values
            if values is None:
                self._add_form(value)
            elif value not in values:
                self._list(value)
        elif kind is dict:
            self._types.add("object")
            if self._varies is not None:
                self._vary(value, self._varies)
            self._add_object(value)
        elif kind is list or kind is tuple:
            self._types.add("array")
            if value:
                if self._item is None:
                    self._item = self._child(Node())
                item = self._item
                for element in value:
                    if type(element) not in item.settled_types:
                        item.add(element)
        else:
            self._types.add(_name(value))
            self.settled_types.add(kind)

    def _vary(self, value: dict[str, Any], variations: dict[str, Varying]) -> None:
        """Record the variation of each member, a list of strings, using `changed` and `kept` of the observation."""
        source = self._source
        changed, unchanged = source.value.get("changed", ()), source.value.get("kept", ())
        for name, values in value.items():
            old = variations.get(name)
            new = from_message(values, source.version, name in changed, name in unchanged)
            if old is None:
                variations[name] = new
            elif not old.has(new):
                variations[name] = joined(old, new)

    def annotate(self, notes: Mapping[str, Any]) -> None:
        """Add annotations from hints."""
        if self._fixed is None and joined_notes(self._notes, notes) != self._notes:
            self._fill(join(self.node(), Node(notes=notes)))

    def _list(self, value: str) -> None:
        if self._values is not None:
            candidates = frozenset(self._values) | {value} if len(value) <= TEXT_LIMIT else None
            values = listed(candidates, self._notes)
            if values is None:
                self._forms, self._samples = shown_forms(frozenset(self._values), Node())
                self._values, self.known_strings = None, _NO_STRINGS
                self._add_form(value)
            else:
                self._values = self.known_strings = set(values)

    def _add_form(self, text: str) -> None:
        """Record the form of a string that is not listed."""
        if self._forms is not None:
            form = form_of(text)
            if form not in self._forms:
                fits = form and len(self._forms) < FORM_LIMIT
                self._forms = self._forms | {form} if fits else None
            if self._samples is not None:
                self._samples = few(self._samples | {short_hash(text)})
        if self._forms is None:
            self._samples = None
            self.settled_types.add(str)

    def _add_atomic(self, value: Any) -> None:
        if self._fixed is not None:
            return
        self._types.add(_name(value))
        if self._notes.get("x-opaque") or self._values is None:
            self.settled_types.add(type(value))
        else:
            text = canonical(value)
            if text in self._values:
                return
            fits = len(text) <= ATOM_LIMIT and has_no_surrogate(text)
            values = listed(frozenset(self._values) | {text}, self._notes) if fits else None
            self._values = None if values is None else set(values)

    def _add_object(self, value: dict[str, Any]) -> None:
        members: Members | None
        if self._is_merged:
            members = self._variants[None]
        else:
            tag = value.get("type")
            members = self._variants.get(tag) if type(tag) is str or "type" not in value else None
            if members is None:
                members = self._new_variant(tag)
        if members.add(value):
            self._settle()

    def _new_variant(self, tag: Any) -> Members:
        """Return the members of a new variant, or of the one without tag if the tag cannot distinguish variants."""
        is_deep = self._depth >= DEPTH_LIMIT - 1  # the tag itself is too deep to be inspected
        name = tag if isinstance(tag, str) and is_tag(tag) and not is_deep else None
        if name not in self._variants:
            self._variants[name] = self._members(name, Obj())
        return self._variants[name]

    def _settle(self) -> None:
        plain = self._variants.get(None)
        must_merge = plain is not None and plain.is_merged
        is_empty = plain is not None and plain.is_unseen
        if len(self._variants) > 1 and (must_merge or is_empty or len(self._variants) > TAG_LIMIT):
            variants = settled({tag: members.obj() for tag, members in self._variants.items()})
            self._variants = {tag: self._members(tag, obj) for tag, obj in variants.items()}
            plain = self._variants.get(None)
        self._is_merged = plain is not None and plain.is_merged


def _name(value: Any) -> str:
    """Return the JSON type of a value. Raises TypeError if it has none."""
    name = TYPE_NAMES.get(type(value))
    if name is None:
        raise TypeError(f"{type(value).__name__} in an observation, expected JSON values only")
    return name


def built_from(node: Node, values: Iterable[Any], hints: Hints = NONE, client: str = "") -> Node:
    """Return the node, widened by these observations of one client."""
    builder = NodeBuilder(node, hints)
    for value in values:
        builder.observe(value, client)
    return builder.node()
