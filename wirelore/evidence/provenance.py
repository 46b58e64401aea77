"""Who vouches for a part of the document, and how often it was seen: `x-provenance` and `x-observed`."""

from typing import Any

from wirelore.evidence.object_counts import Tally

_WORDS = {(True, True): "both", (True, False): "observed", (False, True): "claimed", (False, False): "learned"}


def provenance(*, seen: bool, claimed: bool) -> str:
    """`observed`, `claimed`, `both`, or `learned`: in the schemas, but not in these captures and not claimed."""
    return _WORDS[seen, claimed]


def evidenced(schema: dict[str, Any], tally: Tally) -> dict[str, Any]:
    """A component with its evidence and that of its members; a member states its provenance where it differs."""
    seen = tally.seen.count > 0
    own = provenance(seen=seen, claimed="x-claims" in schema)
    made = {**schema, "x-provenance": own}
    if seen:
        made["x-observed"] = tally.seen.described()
    if "properties" in schema:
        made["properties"] = {name: _member(each, name, own, tally) for name, each in schema["properties"].items()}
    return made


def _member(schema: dict[str, Any], name: str, owner: str, tally: Tally) -> dict[str, Any]:
    seen = tally.members[name] > 0
    own = provenance(seen=seen, claimed="x-claims" in schema)
    made = dict(schema)
    if own != owner:
        made["x-provenance"] = own
    if seen:
        made["x-observed"] = tally.member(name)
    return made
