"""The two versions of OpenAPI, written from one model.

The model says more than 3.1 can: `itemSchema` for streams, `defaultMapping` for the branch of what is new,
`additionalOperations` for methods of which a path item has no member. Its events are objects of a name and of data read
as JSON.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

Document = dict[str, Any]

EVENT_STREAM = "text/event-stream"
MEMBERS = frozenset({"delete", "get", "head", "options", "patch", "post", "put", "trace"})
"""The methods that a path item of OpenAPI 3.1 has members for."""


def written(model: Document, version: str) -> Document:
    """The model as a document of a version, `3.1` or `3.2`. The model is used up."""
    return _WRITERS[version](model)


def operations(model: Document) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Every operation of a model or document with its place."""
    for path, item in model["paths"].items():
        for method, operation in item.items():
            if method != "additionalOperations":
                yield ("paths", path, method), operation
        for method, operation in item.get("additionalOperations", {}).items():
            yield ("paths", path, "additionalOperations", method), operation


def media(place: tuple[str, ...], operation: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Every media type of an operation's bodies with its place."""
    for kind, one in operation.get("requestBody", {}).get("content", {}).items():
        yield (*place, "requestBody", "content", kind), one
    for status, response in operation["responses"].items():
        for kind, one in response.get("content", {}).items():
            yield (*place, "responses", status, "content", kind), one


def _as_31(model: Document) -> Document:
    others = list(model.get("x-other-operations", ()))
    for path, item in list(model["paths"].items()):
        for method in [name for name in item if name not in MEMBERS]:
            taken = item.pop(method)
            for name, operation in taken.items() if method == "additionalOperations" else [(method.upper(), taken)]:
                seen = {"x-observed": operation["x-observed"]} if "x-observed" in operation else {}
                others.append({"operation": f"{name} {path}", **seen})
        if not item:
            del model["paths"][path]
    for place, operation in operations(model):
        for _, one in media(place, operation):
            if "itemSchema" in one:
                one["schema"] = one.pop("itemSchema")
                _last(one, "examples")
    _nest(model, default=False)
    return {
        **model,
        "openapi": "3.1.0",
        **({"x-other-operations": sorted(others, key=lambda one: one["operation"])} if others else {}),
    }


def _as_32(model: Document) -> Document:
    """Events as the standard has them: the data is text, described by `contentSchema`; examples are as sent."""
    schemas = model["components"]["schemas"]
    events: set[str] = set()
    for place, operation in operations(model):
        for where, one in media(place, operation):
            if "itemSchema" not in one:
                continue
            for example in one.get("examples", {}).values():
                example["serializedValue"] = _sent(where[-1], example.pop("value"))
            if where[-1] != EVENT_STREAM:
                continue
            events.update(map(_name, schemas[_name(one["itemSchema"])]["oneOf"]))
    for name in events:
        _read_from_text(schemas[name]["properties"])
    _nest(model, default=True)
    return {**model, "openapi": "3.2.0"}


_WRITERS: dict[str, Callable[[Document], Document]] = {"3.1": _as_31, "3.2": _as_32}


def _nest(model: Document, *, default: bool) -> None:
    """Puts the branch of a union for what is new beside the discriminated ones.

    Readers that go by a discriminator refuse what no mapping has; few know a default for it, and 3.1 has none. Between
    one known branch and the new there is nothing to discriminate that their own `type` does not say.
    """
    schemas = model["components"]["schemas"]
    for name, schema in schemas.items():
        if "discriminator" not in schema:
            continue
        *known, other = schema.pop("oneOf")
        told = schema.pop("discriminator")
        if not default:
            del told["defaultMapping"]
        seen = {"oneOf": known, "discriminator": told} if len(known) > 1 else known[0]
        schemas[name] = {"anyOf": [seen, other], **schema}


def _read_from_text(members: dict[str, Any]) -> None:
    data = members["data"]
    notes = {key: value for key, value in data.items() if key.startswith("x-")}
    inner = {key: value for key, value in data.items() if key not in notes}
    text: dict[str, Any] = {"type": "string"}
    if inner:
        text |= {"contentMediaType": "application/json", "contentSchema": inner}
    members["data"] = {**text, **notes}


def _sent(kind: str, item: Any) -> str:
    text = json.dumps(item["data"] if kind == EVENT_STREAM else item, ensure_ascii=False)
    return f"event: {item['event']}\ndata: {text}\n\n" if kind == EVENT_STREAM else f"{text}\n"


def _name(reference: dict[str, Any]) -> str:
    return str(reference["$ref"].rpartition("/")[2])


def _last(schema: dict[str, Any], key: str) -> None:
    if key in schema:
        schema[key] = schema.pop(key)
