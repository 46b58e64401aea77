"""The samples of a place as text: what was counted, and what of it made the schema say what it says."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from wirelore.analysis.samples import Presence, Samples, Tallies, Tally
from wirelore.learning.knowledge import LIST_LIMIT, MEMBER_LIMIT, SEEN_LIMIT, SPARSE_LIMIT, TAG_LIMIT
from wirelore.model.wording import quantity

_DECLARED = {
    "x-fixed": "the schema is judgement here (x-fixed): nothing is learned of it",
    "x-opaque": "what is inside is never looked at (x-opaque)",
    "x-atomic": "the value is listed whole (x-atomic)",
    "x-list": "every string is listed (x-list)",
    "x-open": "no string is ever listed (x-open)",
}
"""Annotations that decide without samples, and what they say."""
_NO_CLIENT = {"": "a client without name", None: "unknown (the source does not tell)"}


def lines(samples: Samples, depth: int, nodes: list[Mapping[str, Any]], steps: int) -> Iterator[str]:
    """The text: counts, then reasons. `depth` and `nodes` are the schema's for the place, `steps` is its own depth."""
    yield from _counts(samples)
    yield "  why"
    for reason in (*_declared(depth, nodes, steps), *_presence(samples), *_types(samples), *_content(samples)):
        yield f"    {reason}"


def _counts(samples: Samples) -> Iterator[str]:
    presence = samples.presence
    if presence.objects:
        exchanges = quantity(samples.observations.exchanges, "exchange")
        yield f"  there in {presence.there.count} of {presence.objects} objects, in {_exchanges(presence.there)}"
        yield f"    (observed in {exchanges})"
        yield from _named("with it", presence.there)
        yield from _named("without", presence.lacking)
        if set(samples.by_tag) != {None}:
            yield "  by type of the object around it"
            yield from _presences({tag or "(no type)": one for tag, one in samples.by_tag.items()})
        yield "  by client"
        yield from _presences({_client(name): one for name, one in samples.by_client.items()})
    else:
        yield f"  {samples.values.count} values, in {_exchanges(samples.values)}"
    yield from _table("types", samples.types)
    yield from _table("words", samples.words, LIST_LIMIT)
    if samples.texts.count:
        yield from _table("other strings, by form", {name or "(none)": one for name, one in samples.forms.items()})
    yield from _table("objects by type", samples.tags, TAG_LIMIT)


def _declared(depth: int, nodes: list[Mapping[str, Any]], steps: int) -> Iterator[str]:
    notes = {name for node in nodes for name in _DECLARED if node.get(name)}
    if depth < steps:
        cause = "an object above it is never looked into (x-opaque)" if "x-opaque" in notes else "not learned so far"
        yield f"the schema does not describe it: {cause}"
        return
    for name in sorted(notes):
        yield _DECLARED[name]
    if any("x-map" in node and not node["x-map"] for node in nodes):
        yield "stays an object, however many members it has (x-map)"


def _presence(samples: Samples) -> Iterator[str]:
    if not samples.presence.objects:
        return
    for tag, presence in _sorted(samples.by_tag):
        of = f"of type {tag}: " if tag else "of objects without type: " if len(samples.by_tag) > 1 else ""
        there, lacking = presence.there, presence.lacking
        if not there.count:
            yield f"{of}no such member, none of {presence.objects} had it"
        elif lacking.count:
            yield f"{of}not required because {lacking.count} of {presence.objects} lacked it: {_first(lacking)}"
        else:
            yield f"{of}required because all {presence.objects} had it{_rare(presence)}"
    always = [name for name, one in _sorted(samples.by_client) if not one.lacking.count]
    if samples.presence.lacking.count and always and len(samples.by_client) > 1:
        yield f"always there with some clients only: {', '.join(map(_client, always))}"


def _types(samples: Samples) -> Iterator[str]:
    types = dict(samples.types)
    if (null := types.pop("null", None)) and types:
        yield f"nullable because {null.count} of {samples.values.count} values were null: {_first(null)}"
    if "integer" in types and "number" in types:
        fraction = types["number"]
        yield (
            f"a number and no integer because {fraction.count} of {samples.values.count} were none: {_first(fraction)}"
        )
        types.pop("integer")
    if len(types) > 1:
        each = "; ".join(f"{tally.count} {name}: {_first(tally)}" for name, tally in sorted(types.items()))
        yield f"a union of JSON types because there were {each}"


def _content(samples: Samples) -> Iterator[str]:
    if "string" in samples.types:
        yield _strings(samples)
    if samples.tags:
        yield from _union(samples)
    if samples.sparse_names.count:
        first = _first(samples.sparse_names)
        yield f"a map because none of its more than {SPARSE_LIMIT} members was in every object: {first}"
    if samples.many_names.count:
        yield f"a map because its members became more than {MEMBER_LIMIT}: {_first(samples.many_names)}"
    if samples.free_names.count:
        count = samples.free_names.count
        yield f"a map because a member was named by an id in {count} objects: {_first(samples.free_names)}"


def _strings(samples: Samples) -> str:
    total = samples.types["string"].count
    if samples.texts.count:
        shapes = sorted(samples.forms)
        form = f", each of the form {shapes[0]}" if len(shapes) == 1 and shapes[0] and not samples.words else ""
        share = f"{samples.texts.count} of {total} strings were no words of a protocol"
        return f"any string because {share}{form}: {_first(samples.texts)}"
    if len(samples.words) > LIST_LIMIT:
        return f"any string because it had {len(samples.words)} words, and more than {LIST_LIMIT} are no list"
    return f"an open list of {len(samples.words)} because all {total} strings were words of a protocol"


def _union(samples: Samples) -> Iterator[str]:
    if len(samples.tags) > TAG_LIMIT:
        yield f"one plain object because type had {len(samples.tags)} values, and more than {TAG_LIMIT} are no union"
        return
    tags = ", ".join(sorted(samples.tags))
    yield f"a union by type because its objects had one: {tags}"
    if samples.untagged.count:
        yield f"with a variant without type because {samples.untagged.count} had none: {_first(samples.untagged)}"


def _rare(presence: Presence) -> str:
    different = len(presence.marks)
    if different >= SEEN_LIMIT:
        return ""
    observations = quantity(different, "different observation")
    return f", but no rule yet: {observations}, {SEEN_LIMIT} are needed: {_first(presence.there)}"


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
        yield f"    {name}  {presence.there.count} of {presence.objects}"


def _named(title: str, tally: Tally) -> Iterator[str]:
    for exchange in tally.first:
        yield f"    {title}  {exchange}"


def _first(tally: Tally) -> str:
    """The first exchanges; that there are more is told."""
    return ", ".join(tally.first[:2]) + (", …" if tally.exchanges > 2 else "")


def _exchanges(tally: Tally) -> str:
    return quantity(tally.exchanges, "exchange")


def _client(name: str | None) -> str:
    return _NO_CLIENT.get(name) or str(name)


def _sorted(presences: Mapping[str | None, Presence]) -> Iterable[tuple[str | None, Presence]]:
    return sorted(presences.items(), key=lambda item: (item[0] is not None, item[0] or ""))
