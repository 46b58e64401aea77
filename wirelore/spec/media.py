"""Conversion of recorded bodies, parameters and headers into the values that schemas describe."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from wirelore.analysis.body_content import body_content
from wirelore.model import codec
from wirelore.model.exchange import Message

EVENT_STREAM = "text/event-stream"
_LINES = frozenset({"application/x-jsonl", "application/jsonl", "application/x-ndjson"})
_SCALAR = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,2})?|true|false")


class Names(frozenset[str]):
    """The names of the fields in a form."""


def is_json(kind: str) -> bool:
    """Return True if a media type is JSON."""
    return kind == "application/json" or kind.endswith("+json")


def is_lines(kind: str) -> bool:
    """Return True if a media type is JSON lines."""
    return kind in _LINES


def with_data_read(node: Any) -> Any:
    """Return an OpenAPI 3.2 document, or a part of one, with the data of events described as JSON.

    OpenAPI 3.2 describes an event's data as text, and the JSON in the text by `contentSchema`.
    """
    if isinstance(node, list):
        return [with_data_read(each) for each in node]
    if not isinstance(node, Mapping):
        return node
    copy = {key: with_data_read(each) for key, each in node.items()}
    members = copy.get("properties")
    if isinstance(members, dict) and {"event", "data"} <= members.keys():
        data = members["data"]
        notes = {key: value for key, value in data.items() if key.startswith("x-")}
        if data.get("type") == "string":
            copy["properties"] = {**members, "data": {**data.get("contentSchema", {}), **notes}}
    return copy


def media_type_of(place: Sequence[str]) -> str:
    """Return the media type of a member of `content`, the last step of its place, without parameters."""
    return place[-1].partition(";")[0].strip().lower()


def texts(values: Sequence[str], query: bool) -> list[Any]:
    """Return the possible readings of the values of one name: a number or boolean, the text, a list of texts.

    The most likely reading comes first. The styles are OpenAPI's defaults: `form`, exploded and percent-encoded, for
    queries, `simple` for the rest.
    """
    plain = [unquote(value.replace("+", " ")) if query else value for value in values]
    text = ", ".join(plain)
    parts = plain if query and len(plain) > 1 else [part.strip() for part in text.split(",")]
    candidates: list[Any] = [text, parts]
    if _SCALAR.fullmatch(text):
        candidates.insert(0, codec.loads(text))
    return candidates


def readings(message: Message) -> Iterator[tuple[tuple[int, ...], Any, str]]:
    """Yield the values in a body that a schema describes: the place in the body, the value, and a problem or ""."""
    kind = message.media_type or ""
    if is_lines(kind):
        lines = (line for line in message.body.read().split(b"\n") if line.strip())
        for number, line in enumerate(lines):
            document = codec.document(line)
            yield (number,), document.value, "not JSON" if document.problem else ""
    elif is_json(kind):
        document = message.document
        problem = "empty, expected JSON" if not message.body.size else "not JSON" if document.problem else ""
        yield (), document.value, problem
    elif kind.startswith("text/"):
        yield (), message.body.read().decode("utf-8", "replace"), ""
    else:
        described = body_content(message)
        if "fields" in described:
            yield (), Names(described["fields"]), ""
