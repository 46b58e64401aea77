"""What a body holds, as a JSON document: shared by the analyzers of bodies."""

from email import message_from_bytes, policy
from typing import Any
from urllib.parse import parse_qsl

from wirelore.model import codec
from wirelore.model.exchange import Message


def body_observation(case: dict[str, Any], message: Message) -> dict[str, Any]:
    """The body under the members that say what it is the body of.

    A body that cannot be read is observed without them: it belongs to no kind of body, so no schema of one is asked.
    """
    described = body_content(message)
    return described if "unreadable" in described else {**case, **described}


def body_content(message: Message) -> dict[str, Any]:
    """The body described, by its media type (RFC 9110, 8.3).

    JSON: `body`; JSON lines: `lines`; forms: `fields` (names only); other: `bytes` (the size, nothing else).
    `unreadable` says why a body is not what its media type claims. A body of text, or without media type, is tried as
    JSON: telemetry clients send JSON as text/plain.
    """
    kind = message.media_type
    described: dict[str, Any] = {"media_type": kind}
    if message.body.undecoded:
        return {**described, "unreadable": message.body.undecoded}
    if kind in ("application/x-jsonl", "application/jsonl", "application/x-ndjson"):
        return {**described, **_lines(message.body.read())}
    if kind == "application/x-www-form-urlencoded":
        pairs = parse_qsl(message.body.read().decode("utf-8", "replace"), keep_blank_values=True)
        return {**described, "fields": sorted({name for name, _ in pairs})}
    if kind == "multipart/form-data":
        return {**described, "fields": sorted(set(_parts(message)))}
    due = kind == "application/json" or (kind or "").endswith("+json")
    if due or kind is None or kind.startswith("text/"):
        document = message.document
        if document.problem is None:
            return {**described, "body": document.value}
        if due:
            return {**described, "unreadable": document.problem}
    return {**described, "bytes": message.body.size}


def _lines(text: bytes) -> dict[str, Any]:
    documents = [codec.document(line) for line in text.split(b"\n") if line.strip()]
    problem = next((document.problem for document in documents if document.problem), None)
    return {"unreadable": problem} if problem else {"lines": [document.value for document in documents]}


def _parts(message: Message) -> list[str]:
    kind = message.headers.first("content-type") or ""
    head = b"Content-Type: " + kind.encode("latin-1", "replace") + b"\r\n\r\n"
    parsed = message_from_bytes(head + message.body.read(), policy=policy.HTTP)
    names = [part.get_param("name", header="content-disposition") for part in parsed.iter_parts()]
    return [str(name) for name in names if name is not None]
