"""Closes a document: removes the branches for unknown variants, and "any string" next to lists of known strings."""

from collections.abc import Mapping
from typing import Any

from wirelore.spec.contract import Contract, Place

_UNIONS = ("oneOf", "anyOf")
_NOTES = frozenset({"title", "description", "examples"})


def closed(contract: Contract) -> Contract:
    """Return the document without open branches; values that only these describe fail at the unknown place."""
    document: Mapping[str, Any] = _closed(contract.document, (), contract)
    return Contract(document)


def is_open(schema: Any) -> bool:
    """Return True if the schema is the open branch of a union: an object with an unknown tag."""
    members = schema.get("properties", {}) if isinstance(schema, Mapping) else {}
    return any(isinstance(member, Mapping) and "not" in member for member in members.values())


def _closed(node: Any, place: Place, contract: Contract) -> Any:
    if isinstance(node, list):
        return [_closed(each, (*place, str(number)), contract) for number, each in enumerate(node)]
    if not isinstance(node, Mapping):
        return node
    copy = {key: _closed(each, (*place, key), contract) for key, each in node.items()}
    for union in _UNIONS:
        if isinstance(node.get(union), list):
            opened = [_is_open_branch(node, (*place, union), number, contract) for number in range(len(node[union]))]
            branches = zip(copy[union], opened, strict=True)
            copy[union] = [branch for branch, branch_is_open in branches if not branch_is_open] or copy[union]
    return copy


def _is_open_branch(node: Mapping[str, Any], union: Place, number: int, contract: Contract) -> bool:
    """Return True if a branch of a union is for values that the other branches do not describe."""
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
