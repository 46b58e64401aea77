"""The components of the document: learned schemas translated to JSON Schema that other tools understand, and named.

Three rules. Lists are open: known strings are an `anyOf` of an enum and any string. Unions are `oneOf` with a
discriminator, and end in a branch for tags that were not seen yet. Objects take members that they do not list.
"""

import json
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain, count
from typing import Any

from wirelore.evidence.learned_bodies import Node, strings, tags, types, variants
from wirelore.evidence.object_counts import OTHERS, Path, Tally, total
from wirelore.evidence.provenance import evidenced
from wirelore.evidence.usage import variant_step
from wirelore.spec import naming
from wirelore.spec.concepts import Concepts, Key
from wirelore.spec.places import Place

Schema = dict[str, Any]

_PREFIX = "#/components/schemas/"
_OPEN = "~"
"""Marks a reference whose component has no name yet; no name can hold it."""
_KEPT = ("title", "description", "x-claims")
_FORM = ("pattern", "format", "contentEncoding")
"""What is said of strings."""
_TAG = "type"
_NONE: Schema = {}


@dataclass
class _Component:
    names: tuple[str, ...]
    schema: Schema
    depth: int
    known: bool = True
    """Whether it describes something, and not what was never seen."""
    at: set[Path] = field(default_factory=set)


class Components:
    """The named schemas of a document; names are given at the end, the outermost first.

    Until then a reference is a number. What means the same and may be called the same is one component.
    """

    def __init__(self, tallies: Mapping[Path, Tally]) -> None:
        self._tallies = tallies
        self._counted = {path[:length] for path in tallies for length in range(len(path) + 1)}
        """All places in which something was counted. Things that hold their own kind would have no end of places."""
        self._concepts = Concepts()
        self._begin()

    def _begin(self) -> None:
        self._made: list[_Component] = []
        self._numbers: dict[str, int] = {}
        self._done: dict[Key, Schema] = {}
        self._begun: dict[Key, str] = {}

    def settle(self, walk: Callable[[], Any]) -> None:
        """Walks over all bodies, as often as it takes until every concept is known whole."""

        def once() -> None:
            self._begin()
            walk()

        self._concepts.settle(once)

    def add(
        self, names: Iterable[str], schema: Schema, at: Iterable[Path], depth: int = 0, *, known: bool = True
    ) -> Schema:
        """A reference to the schema, which will bear the first of these names that is free; `at`: where it counts."""
        wanted = tuple(dict.fromkeys(names))
        key = json.dumps([wanted[0], schema], sort_keys=True)
        number = self._numbers.setdefault(key, len(self._made))
        if number == len(self._made):
            self._made.append(_Component(wanted, schema, depth, known))
        one = self._made[number]
        one.depth = min(one.depth, depth)
        one.at.update(at)
        return {"$ref": f"{_PREFIX}{_OPEN}{number}"}

    def _once(self, key: Key, write: Callable[[], Schema]) -> Schema:
        """What is written for a concept, written once; within itself a concept is referred to before it is done."""
        if key in self._done:
            return self._done[key]
        if key in self._begun:
            return {"$ref": self._begun[key]}
        self._begun[key] = f"{_PREFIX}{_OPEN}{len(self._begun)}{_OPEN}"
        self._done[key] = write()
        return self._done[key]

    def resolved(self, document: Schema) -> Schema:
        """The document with all components under their names, and every reference to them."""
        names: dict[str, str] = {}
        order = sorted(range(len(self._made)), key=lambda number: (self._made[number].depth, number))
        for number in order:
            names[_free(self._made[number].names, names)] = f"{_PREFIX}{_OPEN}{number}"
        references = {reference: _PREFIX + name for name, reference in names.items()}
        references |= {self._begun[key]: references[done["$ref"]] for key, done in self._done.items()}
        schemas = {name: self._evidenced(int(names[name].rpartition(_OPEN)[2])) for name in sorted(names)}
        parts = {**document.get("components", {}), "schemas": schemas}
        done: Schema = _replaced({**document, "components": parts}, references)
        return done

    def _evidenced(self, number: int) -> Schema:
        one = self._made[number]
        tally = total(self._tallies[at] for at in sorted(one.at) if at in self._tallies)
        return evidenced(one.schema, tally) if one.known or tally.seen.count else one.schema

    def value(self, node: Node, place: Place) -> Schema:
        """The translation of a node."""
        notes = {key: node[key] for key in _KEPT if key in node}
        kinds = types(node)
        if node.get("x-opaque"):
            return {"description": "Free-form: nothing is known of what is inside.", **notes, **_typed(kinds)}
        if kinds == ["null"]:
            return {"description": "Only null was seen.", **notes}
        parts: list[Schema] = []
        if "object" in kinds:
            parts.append(self._object(node, place))
        if "array" in kinds:
            parts.append({"type": "array", "items": self.value(node.get("items", {}), place.item())})
        known = strings(node)
        if "string" in kinds and known:
            parts += open_list(known)
            kinds = [kind for kind in kinds if kind != "string"]
        form = {key: node[key] for key in _FORM if key in node}
        if "format" in form:
            form.pop("pattern", None)  # the format says it, and generated code chooses a type by it alone
        plain = [kind for kind in kinds if kind not in ("object", "array")]
        if plain:
            parts.append({**_typed(plain), **(form if "string" in plain else {})})
        if len(parts) == 1:
            return {**parts[0], **notes}
        return {"anyOf": parts, **notes} if parts else notes

    def event(self, name: str, data: Node, place: Place, stream: str) -> Schema:
        """An event as an object of its name and its data, read as JSON; `stream` tells apart what differs."""
        inner = place.step("data")
        own = variants(data)
        if tags(data) == [name] and len(own) == 1:
            payload = self._variant(name, own[0][1], inner, place.noun, in_variant=False)
        else:
            payload = self.value(data, inner)
        schema = {
            "type": "object",
            "required": ["event", "data"],
            "properties": {"event": {"type": "string", "const": name}, "data": payload},
        }
        title = f"Sent{place.noun}"
        return self.add([title, stream + title], schema, place.at, place.depth)

    def stream(self, noun: str, events: Mapping[str, Schema], at: Path) -> Schema:
        """The union of a stream's events, told apart by their name, with a branch for new ones."""
        other = {
            "type": "object",
            "description": "An event that was not seen yet.",
            "required": ["event"],
            "properties": {"event": {"type": "string", "not": {"enum": sorted(events)}}, "data": {}},
        }
        seen = {path for path in self._tallies if len(path) == len(at) + 1 and path[: len(at)] == at}
        strange = {path for path in seen if path[-1] not in events}
        rest = self.add([f"Other{noun}StreamEvent"], other, strange, known=False)
        return self.add([f"{noun}StreamEvent"], _union("event", sorted(events.items()), [rest]), seen)

    def _object(self, node: Node, place: Place) -> Schema:
        if not variants(node) and not node.get("properties"):
            rest = node.get("additionalProperties")
            inner = place.step("{}")
            return {"type": "object", **({"additionalProperties": self.value(rest, inner)} if rest else {})}
        place = place.named(tags(node)) if len(variants(node)) == 1 else place
        key = place.key(tags(node))
        concept = self._concepts.met(key, node, place.at & self._counted)
        return self._once(key, lambda: self._whole(concept.schema, replace(place, at=frozenset(concept.at)), key))

    def _whole(self, node: Node, place: Place, key: Key) -> Schema:
        """An object place: a union, or the plain object that it is so far."""
        cases = variants(node)
        if not cases:
            return self._plain(node, place, place.noun)
        tag, case = cases[0]
        if len(cases) == 1 and (place.member in ("", tag) or len(case.get("required", ())) < 2):
            return self._plain(case, place.step(variant_step(tag), OTHERS), place.noun)
        return self._union_of(cases, place, owned=bool(place.owner) and key[-1] == place.owner)

    def _variant(self, tag: str | None, case: Node, place: Place, name: str, *, in_variant: bool = True) -> Schema:
        """A variant of a union, the same wherever it is one in this part of the protocol."""
        key = (place.suffix, place.family, name, "variant" if tag is not None else f"variant of {place.noun}")
        concept = self._concepts.met(key, case, place.step(variant_step(tag)).at & self._counted)
        inner = replace(place, at=frozenset(concept.at))
        whole = concept.schema
        if tag is None:
            more = {
                "description": f"One without `{_TAG}`.",
                "not": {"required": [_TAG], "properties": {_TAG: {}}},
            }
            return self._once(key, lambda: self._plain(whole, inner, name, {}, more, in_variant=in_variant))
        (_, own), *_ = variants(whole)
        return self._once(key, lambda: self._plain(own, inner, name, _tagged(tag), in_variant=in_variant))

    def _plain(
        self,
        node: Node,
        place: Place,
        name: str,
        instead: Mapping[str, Schema] = _NONE,
        more: Schema = _NONE,
        *,
        in_variant: bool = False,
    ) -> Schema:
        """An object as a component; `instead` replaces the schemas of members, `more` are further keywords."""
        members = {}
        for member, child in sorted(node.get("properties", {}).items()):
            inner = place.inner(member, name, in_variant=in_variant)
            members[member] = instead[member] if member in instead else self.value(child, inner)
        notes = {key: node[key] for key in _KEPT if key in node}
        schema: Schema = {"type": "object", **notes, "properties": members, **more}
        if required := [name for name in node.get("required", ()) if name in instead or "x-seen" not in node]:
            schema["required"] = required
        if node.get("x-map"):
            schema["additionalProperties"] = self.value(node["additionalProperties"], place.step("{}"))
        return self.add(place.names(name), schema, place.at, place.depth)

    def _union_of(self, cases: Iterable[tuple[str | None, Node]], place: Place, *, owned: bool) -> Schema:
        tagged: list[tuple[str, Schema]] = []
        rest: list[Schema] = []
        for tag, case in cases:
            if tag is None:
                rest.append(self._variant(tag, case, place, f"Untagged{place.noun}"))
            else:
                name = naming.variant(tag, place.short or place.noun)
                tagged.append((tag, self._variant(tag, case, place, name)))
        other = {
            "type": "object",
            "description": f"One whose `{_TAG}` was not seen yet.",
            "required": [_TAG],
            "properties": {_TAG: {"type": "string", "not": {"enum": [tag for tag, _ in tagged]}}},
        }
        owned = owned and not place.noun.startswith(place.owner)
        own = place.owner + place.noun if owned else place.noun
        fallback = self.add(place.names(f"Other{own}"), other, place.step(OTHERS).at, place.depth, known=False)
        schema = _union(_TAG, tagged, [*rest, fallback])
        if rest:
            del schema["discriminator"]
        qualifier = "" if place.member else "Any"
        return self.add(place.names(place.noun, qualifier, owned=owned), schema, place.at, place.depth)


def _union(tag: str, cases: Iterable[tuple[str, Schema]], rest: Iterable[Schema]) -> Schema:
    """The last of the rest is the branch for what is not known."""
    known, others = list(cases), list(rest)
    return {
        "oneOf": [*(schema for _, schema in known), *others],
        "discriminator": {
            "propertyName": tag,
            "mapping": {value: schema["$ref"] for value, schema in known},
            "defaultMapping": others[-1]["$ref"],
        },
    }


def open_list(known: Iterable[str]) -> list[Schema]:
    """The choices of a string whose known values are listed."""
    return [{"type": "string", "enum": list(known)}, {"type": "string", "title": "any other"}]


def _tagged(tag: str) -> dict[str, Schema]:
    """The member that holds the tag of a variant."""
    return {_TAG: {"type": "string", "const": tag}}


def _free(names: Iterable[str], taken: Container[str]) -> str:
    """The first name that is free; the first one with a number if none is."""
    choices = list(names)
    return next(name for name in chain(choices, (f"{choices[0]}{n}" for n in count(2))) if name not in taken)


def _replaced(value: Any, references: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _replaced(each, references) for key, each in value.items()}
    if isinstance(value, list):
        return [_replaced(each, references) for each in value]
    return references.get(value, value) if isinstance(value, str) else value


def _typed(kinds: list[str]) -> Schema:
    if not kinds:
        return {}
    return {"type": kinds[0] if len(kinds) == 1 else kinds}
