"""Examples in the document: the smallest bodies and events of the traffic, shortened where the schema allows it."""

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
"""Characters of JSON that an example may have."""
_LONG = 100
_KEPT = 60
_MORE = "…"
_SMALLEST = "smallest"


def place(model: dict[str, Any], evidence: Evidence, names: Mapping[Place, str]) -> None:
    """Writes examples into a model; `names` tells the operation of each place. None stays that does not hold."""
    contract = Contract(model)
    found: list[tuple[dict[str, Any], dict[str, Any]]] = []
    wrong: list[dict[str, Any]] = []
    for where, operation in openapi_versions.operations(model):
        wrong += [
            one
            for inside, one in _named_values(where, operation)
            if "example" in one and not contract.holds((*inside, "schema"), one["example"])
        ]
        for inside, media in openapi_versions.media(where, operation):
            item = "itemSchema" in media
            schema = (*inside, "itemSchema" if item else "schema")
            values = _values(evidence, names[where], inside)
            shown = {name: fitted(contract, schema, value) for name, value in values}
            kept = {name: value for name, value in shown.items() if value is not None}
            if kept and (item or len(kept) > 1):
                found.append((media, {"examples": {name: {"value": kept[name]} for name in kept}}))
            elif kept:
                found.append((media, {"example": next(iter(kept.values()))}))
    for media, examples in found:
        media.update(examples)
    for one in wrong:
        del one["example"]


def _named_values(where: Place, operation: dict[str, Any]) -> Iterator[tuple[Place, dict[str, Any]]]:
    """The parameters and the headers of responses."""
    for number, one in enumerate(operation.get("parameters", ())):
        yield (*where, "parameters", str(number)), one
    for status, response in operation["responses"].items():
        for name, one in response.get("headers", {}).items():
            yield (*where, "responses", status, "headers", name), one


def fitted(contract: Contract, schema: Place, value: Any) -> Any:
    """The value, if it holds and is small, or with long texts cut so that it is both; else None."""
    if not contract.holds(schema, value):
        return None
    if len(codec.line(value)) > _LARGEST // 2:
        for path in list(_long_texts(value, ())):
            shorter = _with_shorter(value, path)
            if contract.holds(schema, shorter):
                value = shorter
    return value if len(json.dumps(value, ensure_ascii=False)) <= _LARGEST else None


def _values(evidence: Evidence, operation: str, inside: Place) -> Iterator[tuple[str, Any]]:
    """The values that a media type may be shown with, by name."""
    kind = inside[-1]
    path: Path = (REQUEST, operation, kind)
    if "responses" in inside[2:]:
        path = (RESPONSE, operation, inside[-3], kind)
    if path in evidence.examples:
        yield _SMALLEST, codec.loads(evidence.examples[path].text)
    if kind == EVENT_STREAM:
        for other in sorted(evidence.examples):
            if other[:2] == (EVENT, operation):
                data = codec.loads(evidence.examples[other].text)
                yield other[2], {"event": other[2], "data": data}


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
    """The value with the text at a path cut; what is around it is made anew."""
    if not path:
        return value[:_KEPT] + _MORE
    made = dict(value) if isinstance(value, dict) else list(value)
    made[path[0]] = _with_shorter(value[path[0]], path[1:])  # type: ignore[index]
    return made
