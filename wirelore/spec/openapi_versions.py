"""OpenAPI 3.1 and 3.2, written from one model.

The model has members that 3.1 lacks: `itemSchema` for streams, `defaultMapping` for the branch of unknown variants,
`additionalOperations` for methods that are not members of a path item. Its events are objects with a name and data as
JSON.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

Document = dict[str, Any]

EVENT_STREAM = "text/event-stream"
MEMBERS = frozenset({"delete", "get", "head", "options", "patch", "post", "put", "trace"})
"""The methods that a path item of OpenAPI 3.1 has members for."""


def written(model: Document, version: str) -> Document:
    """Convert the model to a document in version `3.1` or `3.2`. The model is modified."""
    return _WRITERS[version](model)


def operations(model: Document) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Yield the operations of a model or document, each with its place."""
    for path, item in model["paths"].items():
        for method, operation in item.items():
            if method != "additionalOperations":
                yield ("paths", path, method), operation
        for method, operation in item.get("additionalOperations", {}).items():
            yield ("paths", path, "additionalOperations", method), operation


def media(place: tuple[str, ...], operation: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Yield the media types of an operation's bodies, each with its place."""
    for kind, media_type in operation.get("requestBody", {}).get("content", {}).items():
        yield (*place, "requestBody", "content", kind), media_type
    for status, response in operation["responses"].items():
        for kind, media_type in response.get("content", {}).items():
            yield (*place, "responses", status, "content", kind), media_type


def _as_31(model: Document) -> Document:
    others = list(model.get("x-other-operations", ()))
    for path, item in list(model["paths"].items()):
        for method in [name for name in item if name not in MEMBERS]:
            member = item.pop(method)
            for name, operation in member.items() if method == "additionalOperations" else [(method.upper(), member)]:
                observed = {"x-observed": operation["x-observed"]} if "x-observed" in operation else {}
                others.append({"operation": f"{name} {path}", **observed})
        if not item:
            del model["paths"][path]
    for place, operation in operations(model):
        for _, media_type in media(place, operation):
            if "itemSchema" in media_type:
                media_type["schema"] = media_type.pop("itemSchema")
                _move_last(media_type, "examples")
    _nest(model, default=False)
    return {
        **model,
        "openapi": "3.1.0",
        **({"x-other-operations": sorted(others, key=lambda entry: entry["operation"])} if others else {}),
    }


def _as_32(model: Document) -> Document:
    """Convert to 3.2, where the data of events is text, described by `contentSchema`, and examples are serialized."""
    schemas = model["components"]["schemas"]
    events: set[str] = set()
    for place, operation in operations(model):
        for media_place, media_type in media(place, operation):
            if "itemSchema" not in media_type:
                continue
            for example in media_type.get("examples", {}).values():
                example["serializedValue"] = _serialized(media_place[-1], example.pop("value"))
            if media_place[-1] != EVENT_STREAM:
                continue
            events.update(map(_name, schemas[_name(media_type["itemSchema"])]["oneOf"]))
    for name in events:
        _read_from_text(schemas[name]["properties"])
    _nest(model, default=True)
    return {**model, "openapi": "3.2.0"}


_WRITERS: dict[str, Callable[[Document], Document]] = {"3.1": _as_31, "3.2": _as_32}


def _nest(model: Document, *, default: bool) -> None:
    """Move the branch for unknown variants of a union next to the discriminated branches.

    Tools that use a discriminator refuse values without a mapping; few support a default, and 3.1 has none. A single
    known branch needs no discriminator: its `type` distinguishes it from the unknown ones.
    """
    schemas = model["components"]["schemas"]
    for name, schema in schemas.items():
        if "discriminator" not in schema:
            continue
        *known, other = schema.pop("oneOf")
        discriminator = schema.pop("discriminator")
        if not default:
            del discriminator["defaultMapping"]
        union = {"oneOf": known, "discriminator": discriminator} if len(known) > 1 else known[0]
        schemas[name] = {"anyOf": [union, other], **schema}


def _read_from_text(members: dict[str, Any]) -> None:
    data = members["data"]
    notes = {key: value for key, value in data.items() if key.startswith("x-")}
    inner = {key: value for key, value in data.items() if key not in notes}
    text: dict[str, Any] = {"type": "string"}
    if inner:
        text |= {"contentMediaType": "application/json", "contentSchema": inner}
    members["data"] = {**text, **notes}


def _serialized(kind: str, item: Any) -> str:
    text = json.dumps(item["data"] if kind == EVENT_STREAM else item, ensure_ascii=False)
    return f"event: {item['event']}\ndata: {text}\n\n" if kind == EVENT_STREAM else f"{text}\n"


def _name(reference: dict[str, Any]) -> str:
    return str(reference["$ref"].rpartition("/")[2])


def _move_last(schema: dict[str, Any], key: str) -> None:
    if key in schema:
        schema[key] = schema.pop(key)
