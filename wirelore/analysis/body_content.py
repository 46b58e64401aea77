"""The content of a body as a JSON document, shared by the analyzers of bodies."""

from email import message_from_bytes, policy
from typing import Any
from urllib.parse import parse_qsl

from wirelore.model import codec
from wirelore.model.exchange import Message


def body_observation(case: dict[str, Any], message: Message) -> dict[str, Any]:
    """Return the content of a body together with the members of `case`, which select its schema.

    A body that cannot be read is returned without them, so that it is not checked against a schema.
    """
    content = body_content(message)
    return content if "unreadable" in content else {**case, **content}


def body_content(message: Message) -> dict[str, Any]:
    """Return the content of a body, depending on its media type (RFC 9110, 8.3).

    JSON: `body`; JSON lines: `lines`; forms: `fields` (names only); anything else: `bytes` (the size only).
    `unreadable` is the reason why a body does not match its media type. Text, and a body without a media type, is
    parsed as JSON if possible, because telemetry clients send JSON as text/plain.
    """
    media_type = message.media_type
    content: dict[str, Any] = {"media_type": media_type}
    if message.body.undecoded:
        return {**content, "unreadable": message.body.undecoded}
    if media_type in ("application/x-jsonl", "application/jsonl", "application/x-ndjson"):
        return {**content, **_lines(message.body.read())}
    if media_type == "application/x-www-form-urlencoded":
        pairs = parse_qsl(message.body.read().decode("utf-8", "replace"), keep_blank_values=True)
        return {**content, "fields": sorted({name for name, _ in pairs})}
    if media_type == "multipart/form-data":
        return {**content, "fields": sorted(set(_parts(message)))}
    is_json_expected = media_type == "application/json" or (media_type or "").endswith("+json")
    if is_json_expected or media_type is None or media_type.startswith("text/"):
        document = message.document
        if document.problem is None:
            return {**content, "body": document.value}
        if is_json_expected:
            return {**content, "unreadable": document.problem}
    return {**content, "bytes": message.body.size}


def _lines(text: bytes) -> dict[str, Any]:
    documents = [codec.document(line) for line in text.split(b"\n") if line.strip()]
    problem = next((document.problem for document in documents if document.problem), None)
    return {"unreadable": problem} if problem else {"lines": [document.value for document in documents]}


def _parts(message: Message) -> list[str]:
    content_type = message.headers.first("content-type") or ""
    head = b"Content-Type: " + content_type.encode("latin-1", "replace") + b"\r\n\r\n"
    parsed = message_from_bytes(head + message.body.read(), policy=policy.HTTP)
    names = [part.get_param("name", header="content-disposition") for part in parsed.iter_parts()]
    return [str(name) for name in names if name is not None]
