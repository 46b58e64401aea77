"""Examples in the document: the smallest bodies and events of the traffic, shortened if the schema allows it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from wirelore.evidence.collector import Evidence
from wirelore.evidence.object_counts import Path
from wirelore.evidence.usage import EVENT, REQUEST, RESPONSE
from wirelore.model import codec
from wirelore.spec import openapi_versions
from wirelore.spec.contract import Contract, Place
from wirelore.spec.openapi_versions import EVENT_STREAM

_LARGEST = 2_000
"""The maximum size of an example, in characters of JSON."""
_LONG = 100
"""Texts with more characters are shortened."""
_KEPT = 60
"""The number of characters that a shortened text keeps."""
_MORE = "…"
_SMALLEST = "smallest"


def place(model: dict[str, Any], evidence: Evidence, names: Mapping[Place, str]) -> None:
    """Add examples to a model, and remove existing ones that are invalid; `names` maps places to operations."""
    contract = Contract(model)
    additions: list[tuple[dict[str, Any], dict[str, Any]]] = []
    invalid: list[dict[str, Any]] = []
    for operation_place, operation in openapi_versions.operations(model):
        invalid += [
            parameter
            for parameter_place, parameter in _named_values(operation_place, operation)
            if "example" in parameter and not contract.holds((*parameter_place, "schema"), parameter["example"])
        ]
        for media_place, media in openapi_versions.media(operation_place, operation):
            is_item = "itemSchema" in media
            schema = (*media_place, "itemSchema" if is_item else "schema")
            values = _values(evidence, names[operation_place], media_place)
            candidates = {name: fitted(contract, schema, value) for name, value in values}
            examples = {name: value for name, value in candidates.items() if value is not None}
            if examples and (is_item or len(examples) > 1):
                additions.append((media, {"examples": {name: {"value": examples[name]} for name in examples}}))
            elif examples:
                additions.append((media, {"example": next(iter(examples.values()))}))
    for media, members in additions:
        media.update(members)
    for parameter in invalid:
        del parameter["example"]


def _named_values(place: Place, operation: dict[str, Any]) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Yield the parameters and response headers of an operation, each with its place."""
    for number, parameter in enumerate(operation.get("parameters", ())):
        yield (*place, "parameters", str(number)), parameter
    for status, response in operation["responses"].items():
        for name, header in response.get("headers", {}).items():
            yield (*place, "responses", status, "headers", name), header


def fitted(contract: Contract, schema: Place, value: Any) -> Any:
    """Return the value, with long texts shortened if necessary, or None if it is invalid or too long."""
    if not contract.holds(schema, value):
        return None
    if len(codec.line(value)) > _LARGEST // 2:
        for path in list(_long_texts(value, ())):
            shorter = _with_shorter(value, path)
            if contract.holds(schema, shorter):
                value = shorter
    return value if len(json.dumps(value, ensure_ascii=False)) <= _LARGEST else None


def _values(evidence: Evidence, operation: str, media_place: Place) -> Iterator[tuple[str, Any]]:
    """Yield the name and value of each example of a media type."""
    kind = media_place[-1]
    path: Path = (REQUEST, operation, kind)
    if "responses" in media_place[2:]:
        path = (RESPONSE, operation, media_place[-3], kind)
    if path in evidence.examples:
        yield _SMALLEST, codec.loads(evidence.examples[path].text)
    if kind == EVENT_STREAM:
        for event_path in sorted(evidence.examples):
            if event_path[:2] == (EVENT, operation):
                data = codec.loads(evidence.examples[event_path].text)
                yield event_path[2], {"event": event_path[2], "data": data}


def _long_texts(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, str) and len(value) > _LONG:
        yield path
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _long_texts(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _long_texts(inner, (*path, number))


def _with_shorter(value: Any, path: tuple[str | int, ...]) -> Any:
    """Return a copy of the value with the text at a path shortened."""
    if not path:
        return value[:_KEPT] + _MORE
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _with_shorter(value[path[0]], path[1:])  # type: ignore[index]
    return copy
