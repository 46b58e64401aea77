"""Bare bodies become exchanges without any other part."""

from pathlib import Path
from typing import Any

import pytest

from wirelore.formats import Draft, Problem, detect, read
from wirelore.model.routes import Routes

_TABLE: dict[str, Any] = {
    "hosts": [],
    "error_event": "error",
    "tags": {},
    "operations": [],
    "bare": [
        {"event": "begin", "operation": {"method": "POST", "host": "api.example.com", "path": "/v1/stream"}},
        {"member": {"type": "thing"}, "operation": {"method": "GET", "host": "api.example.com", "path": "/v1/thing"}},
    ],
}
_ABSENT = ("connection", "end", "request", "request-headers", "response-headers", "start", "status", "times")


def _draft(folder: Path, content: bytes) -> Draft:
    path = folder / "some.body"
    path.write_bytes(content)
    (draft,) = read(path, routes=Routes(_TABLE))
    assert isinstance(draft, Draft)
    return draft


@pytest.mark.parametrize(
    ("content", "origin", "operation", "status"),
    [
        (b": hi\n\nevent: begin\ndata: {}\n\n", "sse", ("POST", "api.example.com", "/v1/stream"), 200),
        (b"data: {}\r\n\r\n", "sse", ("POST", "", "/"), 200),
        (b'{"id": 1, "type": "thing"}', "json", ("GET", "api.example.com", "/v1/thing"), 200),
        (b'{"type":"error","error":{}}', "json", ("POST", "", "/"), 400),
        (b"[1]", "json", ("POST", "", "/"), 200),
    ],
    ids=["known stream", "unknown stream", "known body", "error", "list"],
)
def test_a_bare_body_belongs_to_the_operation_that_recognises_it(
    tmp_path: Path, content: bytes, origin: str, operation: tuple[str, str, str], status: int
) -> None:
    draft = _draft(tmp_path, content)
    exchange = draft.exchange
    assert exchange.response is not None
    assert (exchange.request.method, exchange.request.host, exchange.request.target) == operation
    assert (exchange.response.status, exchange.response.is_event_stream) == (status, origin == "sse")
    assert (exchange.origin, exchange.started_us, exchange.absent) == (origin, 0, _ABSENT)
    assert draft.response_body == ((0, content),)


def test_broken_json_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "some.json"
    path.write_bytes(b'{"type": "thing",')
    assert detect(path) is None
    (problem,) = read(path, format="json", routes=Routes(_TABLE))
    assert isinstance(problem, Problem)
    assert problem.expected == "expected one JSON document"
