"""The samples of a place as text: the counts, and the reasons for the schema that result from them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from wirelore.analysis.samples import Presence, Samples, Tallies, Tally
from wirelore.learning.knowledge import LIST_LIMIT, MEMBER_LIMIT, SEEN_LIMIT, SPARSE_LIMIT, TAG_LIMIT
from wirelore.model.wording import quantity

_DECLARED = {
    "x-fixed": "written by hand, not learned (x-fixed)",
    "x-opaque": "content not inspected (x-opaque)",
    "x-atomic": "values are listed as a whole (x-atomic)",
    "x-list": "all strings are listed (x-list)",
    "x-open": "strings are never listed (x-open)",
}
"""Annotations that apply regardless of samples, with their meanings."""
_NO_CLIENT = {"": "client without a name", None: "unknown (headers not recorded)"}


def lines(samples: Samples, depth: int, nodes: list[Mapping[str, Any]], steps: int) -> Iterator[str]:
    """Yield the counts, then the reasons.

    `depth` and `nodes` are the result of `places.described`, `steps` is the number of steps of the place.
    """
    yield from _counts(samples)
    yield "  why"
    for reason in (*_declared(depth, nodes, steps), *_presence(samples), *_types(samples), *_content(samples)):
        yield f"    {reason}"


def _counts(samples: Samples) -> Iterator[str]:
    presence = samples.presence
    if presence.objects:
        objects = quantity(presence.objects, "object")
        exchanges = quantity(samples.observations.exchanges, "exchange")
        yield f"  present in {presence.present.count} of {objects}, in {_exchanges(presence.present)}"
        yield f"    (observed in {exchanges})"
        yield from _examples("present", presence.present)
        yield from _examples("missing", presence.missing)
        if set(samples.by_tag) != {None}:
            yield "  by type of the parent object"
            yield from _presences({tag or "(no type)": presence for tag, presence in samples.by_tag.items()})
        yield "  by client"
        yield from _presences({_client(name): presence for name, presence in samples.by_client.items()})
    else:
        yield f"  {quantity(samples.values.count, 'value')}, in {_exchanges(samples.values)}"
    yield from _table("types", samples.types)
    yield from _table("identifiers", samples.words, LIST_LIMIT)
    if samples.texts.count:
        yield from _table("other strings, by form", {name or "(none)": tally for name, tally in samples.forms.items()})
    yield from _table("objects by type", samples.tags, TAG_LIMIT)


def _declared(depth: int, nodes: list[Mapping[str, Any]], steps: int) -> Iterator[str]:
    notes = {name for node in nodes for name in _DECLARED if node.get(name)}
    if depth < steps:
        cause = "the content of a parent is not inspected (x-opaque)" if "x-opaque" in notes else "not learned yet"
        yield f"not described by the schema: {cause}"
        return
    for name in sorted(notes):
        yield _DECLARED[name]
    if any("x-map" in node and not node["x-map"] for node in nodes):
        yield "never becomes a map, regardless of its number of members (x-map)"


def _presence(samples: Samples) -> Iterator[str]:
    if not samples.presence.objects:
        return
    for tag, presence in _sorted(samples.by_tag):
        prefix = f"type {tag}: " if tag else "objects without type: " if len(samples.by_tag) > 1 else ""
        present, missing = presence.present, presence.missing
        if not present.count:
            yield f"{prefix}not a member: absent from all {quantity(presence.objects, 'object')}"
        elif missing.count:
            yield f"{prefix}optional: missing in {missing.count} of {presence.objects}: {_first(missing)}"
        else:
            yield f"{prefix}required: present in all {presence.objects}{_rare(presence)}"
    always = [name for name, presence in _sorted(samples.by_client) if not presence.missing.count]
    if samples.presence.missing.count and always and len(samples.by_client) > 1:
        yield f"always present only with these clients: {', '.join(map(_client, always))}"


def _types(samples: Samples) -> Iterator[str]:
    types = dict(samples.types)
    if (null := types.pop("null", None)) and types:
        yield f"nullable: {null.count} of {quantity(samples.values.count, 'value')} null: {_first(null)}"
    if "integer" in types and "number" in types:
        fraction = types["number"]
        yield (f"number, not integer: {fraction.count} of {samples.values.count} not integers: {_first(fraction)}")
        types.pop("integer")
    if len(types) > 1:
        counts = "; ".join(f"{tally.count} {name}: {_first(tally)}" for name, tally in sorted(types.items()))
        yield f"union of JSON types: {counts}"


def _content(samples: Samples) -> Iterator[str]:
    if "string" in samples.types:
        yield _strings(samples)
    if samples.tags:
        yield from _union(samples)
    if samples.sparse_names.count:
        first = _first(samples.sparse_names)
        yield f"map: more than {SPARSE_LIMIT} members, none of them in every object: {first}"
    if samples.many_names.count:
        yield f"map: more than {MEMBER_LIMIT} members: {_first(samples.many_names)}"
    if samples.free_names.count:
        count = samples.free_names.count
        yield f"map: an id as the name of a member in {quantity(count, 'object')}: {_first(samples.free_names)}"


def _strings(samples: Samples) -> str:
    total = samples.types["string"].count
    if samples.texts.count:
        shapes = sorted(samples.forms)
        form = f", all of the form {shapes[0]}" if len(shapes) == 1 and shapes[0] and not samples.words else ""
        share = f"{samples.texts.count} of {quantity(total, 'string')} not identifiers"
        return f"any string: {share}{form}: {_first(samples.texts)}"
    if len(samples.words) > LIST_LIMIT:
        return f"any string: {len(samples.words)} different identifiers (a list has at most {LIST_LIMIT})"
    return f"open list of {quantity(len(samples.words), 'value')}: all {quantity(total, 'string')} identifiers"


def _union(samples: Samples) -> Iterator[str]:
    if len(samples.tags) > TAG_LIMIT:
        yield f"plain object: {len(samples.tags)} values of type (a union has at most {TAG_LIMIT})"
        return
    tags = ", ".join(sorted(samples.tags))
    yield f"union by type: {tags}"
    if samples.untagged.count:
        yield f"variant without type: {quantity(samples.untagged.count, 'object')}: {_first(samples.untagged)}"


def _rare(presence: Presence) -> str:
    different = len(presence.marks)
    if different >= SEEN_LIMIT:
        return ""
    observations = quantity(different, "distinct observation")
    return f", not enforced yet: {observations} of {SEEN_LIMIT} needed: {_first(presence.present)}"


def _table(title: str, tallies: Tallies, limit: int | None = None) -> Iterator[str]:
    if not tallies:
        return
    yield f"  {title}"
    for name, tally in sorted(tallies.items())[:limit]:
        yield f"    {name}  {tally.count} in {_exchanges(tally)}: {_first(tally)}"
    if limit is not None and len(tallies) > limit:
        yield f"    and {len(tallies) - limit} more"


def _presences(presences: Mapping[str, Presence]) -> Iterator[str]:
    for name, presence in sorted(presences.items()):
        yield f"    {name}  {presence.present.count} of {presence.objects}"


def _examples(title: str, tally: Tally) -> Iterator[str]:
    for exchange in tally.first:
        yield f"    {title}  {exchange}"


def _first(tally: Tally) -> str:
    """Return the first two exchanges, with an ellipsis if there are more."""
    return ", ".join(tally.first[:2]) + (", …" if tally.exchanges > 2 else "")


def _exchanges(tally: Tally) -> str:
    return quantity(tally.exchanges, "exchange")


def _client(name: str | None) -> str:
    return _NO_CLIENT.get(name) or str(name)


def _sorted(presences: Mapping[str | None, Presence]) -> Iterable[tuple[str | None, Presence]]:
    return sorted(presences.items(), key=lambda item: (item[0] is not None, item[0] or ""))
