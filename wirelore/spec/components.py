"""The components of the document: learned schemas, translated to standard JSON Schema and named.

Three rules apply. Lists are open: known strings are an `anyOf` of an enum and any string. Unions are `oneOf` with a
discriminator, and end in a branch for unknown tags. Objects allow members that they do not list.
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
"""Marks a reference to a component without a name yet; names cannot contain it."""
_KEPT = ("title", "description", "x-claims")
_FORM = ("pattern", "format", "contentEncoding")
"""Keywords for strings."""
_TAG = "type"
_NONE: Schema = {}


@dataclass
class _Component:
    names: tuple[str, ...]
    schema: Schema
    depth: int
    is_known: bool = True
    """False for a branch that describes only unknown values."""
    paths: set[Path] = field(default_factory=set)
    """The paths of its object counts."""


class Components:
    """The named schemas of a document. Names are assigned at the end, the outermost components first.

    Until then references are numbers. Equal schemas with the same preferred name are one component.
    """

    def __init__(self, tallies: Mapping[Path, Tally]) -> None:
        self._tallies = tallies
        self._counted = {path[:length] for path in tallies for length in range(len(path) + 1)}
        """All paths with object counts. Recursive schemas would otherwise have infinitely many paths."""
        self._concepts = Concepts()
        self._begin()

    def _begin(self) -> None:
        self._components: list[_Component] = []
        self._numbers: dict[str, int] = {}
        self._schemas: dict[Key, Schema] = {}
        self._references: dict[Key, str] = {}

    def settle(self, walk: Callable[[], Any]) -> None:
        """Repeat a walk over all bodies until no concept changes."""

        def once() -> None:
            self._begin()
            walk()

        self._concepts.settle(once)

    def add(
        self, names: Iterable[str], schema: Schema, paths: Iterable[Path], depth: int = 0, *, is_known: bool = True
    ) -> Schema:
        """Add a schema and return a reference to it. It gets the first free name; `paths` are those of its counts."""
        candidates = tuple(dict.fromkeys(names))
        key = json.dumps([candidates[0], schema], sort_keys=True)
        number = self._numbers.setdefault(key, len(self._components))
        if number == len(self._components):
            self._components.append(_Component(candidates, schema, depth, is_known))
        component = self._components[number]
        component.depth = min(component.depth, depth)
        component.paths.update(paths)
        return {"$ref": f"{_PREFIX}{_OPEN}{number}"}

    def _once(self, key: Key, build: Callable[[], Schema]) -> Schema:
        """Return the schema of a concept, built once; a recursive concept refers to itself while it is being built."""
        if key in self._schemas:
            return self._schemas[key]
        if key in self._references:
            return {"$ref": self._references[key]}
        self._references[key] = f"{_PREFIX}{_OPEN}{len(self._references)}{_OPEN}"
        self._schemas[key] = build()
        return self._schemas[key]

    def resolved(self, document: Schema) -> Schema:
        """Return the document with its named components, and with references that use the names."""
        names: dict[str, str] = {}
        order = sorted(range(len(self._components)), key=lambda number: (self._components[number].depth, number))
        for number in order:
            names[_free(self._components[number].names, names)] = f"{_PREFIX}{_OPEN}{number}"
        references = {reference: _PREFIX + name for name, reference in names.items()}
        references |= {self._references[key]: references[schema["$ref"]] for key, schema in self._schemas.items()}
        schemas = {name: self._evidenced(int(names[name].rpartition(_OPEN)[2])) for name in sorted(names)}
        parts = {**document.get("components", {}), "schemas": schemas}
        result: Schema = _replaced({**document, "components": parts}, references)
        return result

    def _evidenced(self, number: int) -> Schema:
        component = self._components[number]
        tally = total(self._tallies[path] for path in sorted(component.paths) if path in self._tallies)
        return evidenced(component.schema, tally) if component.is_known or tally.seen.count else component.schema

    def value(self, node: Node, place: Place) -> Schema:
        """Translate a node of the learned schemas."""
        notes = {key: node[key] for key in _KEPT if key in node}
        kinds = types(node)
        if node.get("x-opaque"):
            return {"description": "Free-form: the content is not described.", **notes, **_typed(kinds)}
        if kinds == ["null"]:
            return {"description": "Only null was observed.", **notes}
        parts: list[Schema] = []
        if "object" in kinds:
            parts.append(self._object(node, place))
        if "array" in kinds:
            parts.append({"type": "array", "items": self.value(node.get("items", {}), place.item())})
        listed = strings(node)
        if "string" in kinds and listed:
            parts += open_list(listed)
            kinds = [kind for kind in kinds if kind != "string"]
        form = {key: node[key] for key in _FORM if key in node}
        if "format" in form:
            form.pop("pattern", None)  # the format implies it, and code generators choose a type by the format alone
        plain = [kind for kind in kinds if kind not in ("object", "array")]
        if plain:
            parts.append({**_typed(plain), **(form if "string" in plain else {})})
        if len(parts) == 1:
            return {**parts[0], **notes}
        return {"anyOf": parts, **notes} if parts else notes

    def event(self, name: str, data: Node, place: Place, stream: str) -> Schema:
        """Describe an event as an object with its name and its data as JSON.

        `stream` prefixes the name if streams have different events of the same name.
        """
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
        return self.add([title, stream + title], schema, place.paths, place.depth)

    def stream(self, noun: str, events: Mapping[str, Schema], path: Path) -> Schema:
        """Describe a stream's events as a union discriminated by name, with a branch for unknown events."""
        other = {
            "type": "object",
            "description": "An event that was not observed yet.",
            "required": ["event"],
            "properties": {"event": {"type": "string", "not": {"enum": sorted(events)}}, "data": {}},
        }
        children = {each for each in self._tallies if len(each) == len(path) + 1 and each[: len(path)] == path}
        unknown = {each for each in children if each[-1] not in events}
        rest = self.add([f"Other{noun}StreamEvent"], other, unknown, is_known=False)
        return self.add([f"{noun}StreamEvent"], _union("event", sorted(events.items()), [rest]), children)

    def _object(self, node: Node, place: Place) -> Schema:
        if not variants(node) and not node.get("properties"):
            rest = node.get("additionalProperties")
            inner = place.step("{}")
            return {"type": "object", **({"additionalProperties": self.value(rest, inner)} if rest else {})}
        place = place.named_by_tag(tags(node)) if len(variants(node)) == 1 else place
        key = place.key(tags(node))
        concept = self._concepts.extend(key, node, place.paths & self._counted)
        return self._once(
            key, lambda: self._object_schema(concept.schema, replace(place, paths=frozenset(concept.paths)), key)
        )

    def _object_schema(self, node: Node, place: Place, key: Key) -> Schema:
        """Describe the objects at a place: as a union, or as a plain object."""
        cases = variants(node)
        if not cases:
            return self._plain(node, place, place.noun)
        tag, case = cases[0]
        if len(cases) == 1 and (place.member in ("", tag) or len(case.get("required", ())) < 2):
            return self._plain(case, place.step(variant_step(tag), OTHERS), place.noun)
        return self._union_of(cases, place, owned=bool(place.owner) and key[-1] == place.owner)

    def _variant(self, tag: str | None, case: Node, place: Place, name: str, *, in_variant: bool = True) -> Schema:
        """Describe a variant of a union; it is the same everywhere in its operation family."""
        key = (place.suffix, place.family, name, "variant" if tag is not None else f"variant of {place.noun}")
        concept = self._concepts.extend(key, case, place.step(variant_step(tag)).paths & self._counted)
        inner = replace(place, paths=frozenset(concept.paths))
        joined = concept.schema
        if tag is None:
            more = {
                "description": f"An object without `{_TAG}`.",
                "not": {"required": [_TAG], "properties": {_TAG: {}}},
            }
            return self._once(key, lambda: self._plain(joined, inner, name, {}, more, in_variant=in_variant))
        (_, own), *_ = variants(joined)
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
        """Add an object as a component; `instead` replaces the schemas of members, `more` adds keywords."""
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
        return self.add(place.names(name), schema, place.paths, place.depth)

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
            "description": f"An object whose `{_TAG}` was not observed yet.",
            "required": [_TAG],
            "properties": {_TAG: {"type": "string", "not": {"enum": [tag for tag, _ in tagged]}}},
        }
        owned = owned and not place.noun.startswith(place.owner)
        own = place.owner + place.noun if owned else place.noun
        fallback = self.add(place.names(f"Other{own}"), other, place.step(OTHERS).paths, place.depth, is_known=False)
        schema = _union(_TAG, tagged, [*rest, fallback])
        if rest:
            del schema["discriminator"]
        qualifier = "" if place.member else "Any"
        return self.add(place.names(place.noun, qualifier, owned=owned), schema, place.paths, place.depth)


def _union(tag: str, cases: Iterable[tuple[str, Schema]], rest: Iterable[Schema]) -> Schema:
    """Return a union; the last element of `rest` is the branch for unknown variants."""
    tagged, untagged = list(cases), list(rest)
    return {
        "oneOf": [*(schema for _, schema in tagged), *untagged],
        "discriminator": {
            "propertyName": tag,
            "mapping": {value: schema["$ref"] for value, schema in tagged},
            "defaultMapping": untagged[-1]["$ref"],
        },
    }


def open_list(values: Iterable[str]) -> list[Schema]:
    """Return the alternatives for a string with known values: one of them, or any other string."""
    return [{"type": "string", "enum": list(values)}, {"type": "string", "title": "any other"}]


def _tagged(tag: str) -> dict[str, Schema]:
    """Return the schema of the member that contains the tag of a variant."""
    return {_TAG: {"type": "string", "const": tag}}


def _free(names: Iterable[str], used: Container[str]) -> str:
    """Return the first name that is not taken, or the first name with a number."""
    choices = list(names)
    return next(name for name in chain(choices, (f"{choices[0]}{n}" for n in count(2))) if name not in used)


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
