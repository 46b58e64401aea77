"""The provenance and counts of a part of the document: `x-provenance` and `x-observed`."""

from typing import Any

from wirelore.evidence.object_counts import Tally

_WORDS = {(True, True): "both", (True, False): "observed", (False, True): "claimed", (False, False): "learned"}


def provenance(*, seen: bool, claimed: bool) -> str:
    """Return `observed`, `claimed`, `both` or `learned` (in the schemas, but neither observed nor claimed)."""
    return _WORDS[seen, claimed]


def evidenced(schema: dict[str, Any], tally: Tally) -> dict[str, Any]:
    """Return a component with evidence for it and its members, whose provenance is stated only if it differs."""
    seen = tally.seen.count > 0
    own = provenance(seen=seen, claimed="x-claims" in schema)
    annotated = {**schema, "x-provenance": own}
    if seen:
        annotated["x-observed"] = tally.seen.described()
    if "properties" in schema:
        annotated["properties"] = {
            name: _member(member, name, own, tally) for name, member in schema["properties"].items()
        }
    return annotated


def _member(schema: dict[str, Any], name: str, owner: str, tally: Tally) -> dict[str, Any]:
    is_observed = tally.members[name] > 0
    member_provenance = provenance(seen=is_observed, claimed="x-claims" in schema)
    annotated = dict(schema)
    if member_provenance != owner:
        annotated["x-provenance"] = member_provenance
    if is_observed:
        annotated["x-observed"] = tally.member(name)
    return annotated
