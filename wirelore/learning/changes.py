"""The changes of a widened node, for a reviewer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from wirelore.learning.node import Node, Obj
from wirelore.model.json_pointer import escape


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """One change by learning."""

    file: str
    """The path relative to the schemas folder, with `/`."""
    pointer: str
    """The place in the observation as a JSON pointer; `*` is any element or key, `{text}` after a step a variant."""
    what: str
    """For example `new field`, `no longer required`, `new value`, `type widened`, `new branch`, `is a map now`,
    `is firm now` (there are enough samples of a client), `has a form now` (enough strings have it), `more samples`
    (only the evidence grew)."""
    detail: str = ""
    """The name of the field or value, or the types."""

    def __str__(self) -> str:
        return f"{self.file}{self.pointer}: {self.what}" + (f" {self.detail}" if self.detail else "")


def changes(file: str, old: Node, new: Node, pointer: str = "") -> Iterator[Change]:
    """Yield the differences between a node and its widened successor."""
    if old == new:
        return
    if new.types - old.types:
        what = "type widened" if old.types else "type"
        yield Change(file, pointer, what, ", ".join(sorted(new.types - old.types)))
    if new.notes.get("x-opaque") and not old.notes.get("x-opaque"):
        yield Change(file, pointer, "is opaque now")
        return
    if old.values is not None and new.values is None and old.values:
        yield Change(file, pointer, "values no longer listed")
    if new.forms and new.samples is None and (old.forms, old.samples) != (new.forms, None):
        yield Change(file, pointer, "has a form now", ", ".join(sorted(new.forms)))
    if old.forms and new.forms is None:
        yield Change(file, pointer, "no longer has a form")
    for value in sorted((new.values or frozenset()) - (old.values or frozenset())):
        yield Change(file, pointer, "new value", value)
    if new.item is not None and old.item != new.item:
        yield from changes(file, old.item or Node(), new.item, f"{pointer}/*")
    yield from _objects(file, old, new, pointer)


def _objects(file: str, old: Node, new: Node, pointer: str) -> Iterator[Change]:
    if old.variants and not old.merged and new.merged and old.variants.keys() != {None}:
        yield Change(file, pointer, "variants merged", ", ".join(sorted(tag for tag in old.variants if tag)))
        return
    for tag, obj in new.variants.items():
        place = pointer if tag is None else f"{pointer}{{{tag}}}"
        if tag not in old.variants and old.variants:
            yield Change(file, place, "new variant", tag or "without type")
        else:
            yield from _members(file, old.variants.get(tag, Obj()), obj, place)


def _members(file: str, old: Obj, new: Obj, pointer: str) -> Iterator[Change]:
    before: Mapping[str, Node] = old.members
    if new.rest is not None and old.rest is None:
        yield Change(file, pointer, "is a map now")
    elif new.rest is not None:
        yield from changes(file, old.rest or Node(), new.rest, f"{pointer}/*")
    for name, node in new.members.items():
        place = f"{pointer}/{escape(name)}"
        if name not in before:
            yield Change(file, place, "new field", ", ".join(sorted(node.types)))
        else:
            yield from changes(file, before[name], node, place)
    for name in sorted((old.required or frozenset()) - (new.required or frozenset())):
        if name in new.members:
            yield Change(file, f"{pointer}/{escape(name)}", "no longer required")
    for client, presence in sorted(new.clients.items()):
        if presence.seen is None and client in old.clients and old.clients[client].seen is not None:
            yield Change(file, pointer, "is firm now", f"for {client or 'nameless clients'}")
