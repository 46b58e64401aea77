"""What a document leaves open, taken away: branches for variants not seen yet, and any string beside a list of some."""

from collections.abc import Mapping
from typing import Any

from wirelore.spec.contract import Contract, Place

_UNIONS = ("oneOf", "anyOf")
_NOTES = frozenset({"title", "description", "examples"})


def closed(contract: Contract) -> Contract:
    """The same document without open branches: what only they describe fails it, at the place that is new."""
    document: Mapping[str, Any] = _closed(contract.document, (), contract)
    return Contract(document)


def is_open(schema: Any) -> bool:
    """Whether the schema is the open branch of a union: an object whose tag is none of those known."""
    members = schema.get("properties", {}) if isinstance(schema, Mapping) else {}
    return any(isinstance(member, Mapping) and "not" in member for member in members.values())


def _closed(node: Any, place: Place, contract: Contract) -> Any:
    if isinstance(node, list):
        return [_closed(each, (*place, str(number)), contract) for number, each in enumerate(node)]
    if not isinstance(node, Mapping):
        return node
    made = {key: _closed(each, (*place, key), contract) for key, each in node.items()}
    for union in _UNIONS:
        if isinstance(node.get(union), list):
            opened = [_takes_new(node, (*place, union), number, contract) for number in range(len(node[union]))]
            made[union] = [each for each, new in zip(made[union], opened, strict=True) if not new] or made[union]
    return made


def _takes_new(node: Mapping[str, Any], union: Place, number: int, contract: Contract) -> bool:
    """Whether a branch of a union is for what the others do not know."""
    branches = node[union[-1]]
    mapping = node.get("discriminator", {}).get("mapping", {})
    if mapping and branches[number].get("$ref") not in mapping.values():
        return True
    _, branch = contract.resolved((*union, str(number)))
    if {key for key in branch if key not in _NOTES and not key.startswith("x-")} == {"type"}:
        return branch["type"] == "string" and any(
            other.get("type") == "string" and "enum" in other for other in branches
        )
    return is_open(branch)
