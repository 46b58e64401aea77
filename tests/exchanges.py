"""Builders of exchanges, captures and schemas for the tests."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from wirelore.analysis.check import Finding, check
from wirelore.analysis.contract import observations
from wirelore.analysis.registry import registry
from wirelore.learning.learner import EVERYONE, Learner
from wirelore.model.exchange import Body, Chunk, End, Exchange, Headers, Request, Response
from wirelore.model.routes import packaged
from wirelore.redaction.redactor import Redactor
from wirelore.schema.library import PACKAGED, Library
from wirelore.store.writer import Capture, CaptureWriter

START = 1_767_225_600_000_000
"""2026-01-01T00:00:00Z in Unix microseconds."""


def exchange(
    body: Any = None,
    answer: Any = None,
    *,
    operation: str = "POST /v1/messages",
    target: str = "",
    host: str = "api.anthropic.com",
    headers: Iterable[tuple[str, str]] = (("content-type", "application/json"),),
    status: int | None = 200,
    answer_headers: Iterable[tuple[str, str]] = (("content-type", "application/json"),),
    events: Iterable[tuple[str, Any]] | None = None,
    tail: bytes = b"",
    end: str = "complete",
    started_us: int = START,
    took_us: int = 1000,
    **more: Any,
) -> Exchange:
    """Return an exchange. `body` and `answer` are JSON values or bytes; `events` (name, JSON data) give a stream."""
    method, _, path = operation.partition(" ")
    if events is not None:
        answer = b"".join(event(name, data) for name, data in events) + tail
        answer_headers = [("content-type", "text/event-stream; charset=utf-8")]
    request = Request(
        method=method,
        host=host,
        target=target or path,
        headers=Headers(tuple(headers)),
        body=Body.from_bytes(_bytes(body)),
    )
    response = None
    if status is not None:
        content = _bytes(answer)
        table = [Chunk(0, len(content), 500)] if content else []
        response = Response(status=status, headers=Headers(tuple(answer_headers)), body=Body.from_bytes(content, table))
    name, known = packaged().operation(method, request.path)
    return Exchange(
        **{
            "id": "messages/20260101_000000_000001_post-v1-messages",
            "sequence": 1,
            "started_us": started_us,
            "request": request,
            "response": response,
            "end": End(end, took_us),
            "operation": name,
            "known": known,
            "capture": "made",
            "connection": {"tls_version": "TLSv1.3", "alpn": "http/1.1"},
            **more,
        }
    )


def event(name: str, data: Any) -> bytes:
    """Return the bytes of a server-sent event in the service's form."""
    return b"event: " + name.encode() + b"\ndata: " + _bytes(data) + b"\n\n"


def blank(folder: Path) -> Path:
    """Create a folder of schemas without learned content: only rules, handwritten nodes and the route table."""
    folder.mkdir(parents=True)
    for name in ("rules.json", "routes.json", *(["hints.json"] if (PACKAGED / "hints.json").exists() else [])):
        (folder / name).write_bytes((PACKAGED / name).read_bytes())
    for analyzer in registry():
        root = json.loads((PACKAGED / f"{analyzer}.json").read_text("utf-8"))
        handwritten = {name: _emptied(node) for name, node in root["properties"].items() if _is_handwritten(node)}
        root |= {"properties": handwritten, "required": sorted(set(root.get("required", ())) & set(handwritten))}
        for name in ("allOf", "x-seen"):
            root.pop(name, None)
        (folder / f"{analyzer}.json").write_text(json.dumps(root), "utf-8")
    return folder


def learned_library(folder: Path, *known: Exchange) -> Library:
    """Return a library that has learned only from these exchanges; a single one is enough evidence."""
    learner = Learner(blank(folder))
    for analyzer in registry().values():
        observe = analyzer.start()
        for known_exchange in known:
            for _, observation in observations(observe, known_exchange):
                learner.add(analyzer.id, observation, EVERYONE)
    learner.write()
    return Library(folder)


def findings(library: Library, *exchanges: Exchange, analyzer: str = "") -> list[tuple[str, str, str]]:
    """Return (severity, rule, pointer) of each finding, in order, of all analyzers or of one."""
    return [(each.severity, each.rule, each.pointer) for each in findings_in(library, *exchanges, analyzer=analyzer)]


def findings_in(library: Library, *exchanges: Exchange, analyzer: str = "") -> list[Finding]:
    """Return the findings of all analyzers or of one."""
    return list(check(exchanges, library, [registry()[analyzer]] if analyzer else ()))


def written_capture(
    folder: Path, *exchanges: Exchange, labels: dict[str, str] | None = None, key: bytes = b"k" * 32
) -> Capture:
    """Write exchanges as a capture, redacted under a key, with labels in its manifest."""
    writer = CaptureWriter(folder, Redactor(key), options={"labels": labels or {}}, key_id=key.hex()[:8])
    for each in exchanges:
        sent = [(0, each.request.body.read())] if each.request.body.size else []
        received = [(500, each.response.body.read())] if each.response and each.response.body.size else []
        writer.write(each, request_body=sent, response_body=received, encoded=False)
    writer.close()
    return Capture(folder)


def _bytes(value: Any) -> bytes:
    if value is None:
        return b""
    return value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()


def _is_handwritten(node: Any) -> bool:
    """Return True if the node has an annotation that the learner never writes."""
    learned = {"x-discriminator", "x-seen", "x-map"}
    return isinstance(node, dict) and any(
        key.startswith("x-") and key not in learned for each in (node, node.get("items", {})) for key in each
    )


def _emptied(node: dict[str, Any]) -> dict[str, Any]:
    if "items" in node:
        return {**node, "items": _emptied(node["items"])}
    return {**node, "enum": []} if node.get("x-list") == "closed" else node
