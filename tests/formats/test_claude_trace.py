"""claude-trace logs become drafts, line by line."""

import json
from pathlib import Path
from typing import Any

from wirelore.formats import Draft, Problem, detect, read

_PAIR: dict[str, Any] = {
    "request": {
        "timestamp": 1750000000.5,
        "method": "POST",
        "url": "https://api.example.com/v1/messages?beta=true",
        "headers": {"accept": "application/json", "x-api-key": "sk-ant-api...FAKE"},
        "body": {"model": "m", "text": "é", "n": [1, 2.5, None]},
    },
    "response": {
        "timestamp": 1750000001.5,
        "status_code": 200,
        "headers": {"content-type": "text/event-stream", "content-encoding": "gzip", "set-cookie": ["a", "b"]},
        "body_raw": "event: ping\ndata: {}\n\n",
    },
    "logged_at": "2025-06-15T15:06:43.500Z",
}


def _all(folder: Path, *lines: str) -> list[Draft | Problem]:
    path = folder / "log.jsonl"
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    assert detect(path) == "claude-trace"
    return list(read(path))


def test_a_pair_keeps_values_and_times_and_lists_what_the_log_changed(tmp_path: Path) -> None:
    (draft,) = _all(tmp_path, json.dumps(_PAIR))
    assert isinstance(draft, Draft)
    exchange = draft.exchange
    assert exchange.response is not None
    assert draft.request_body == ((0, '{"model":"m","text":"é","n":[1,2.5,null]}'.encode()),)
    assert draft.response_body == ((3_000_000, b"event: ping\ndata: {}\n\n"),)
    assert (draft.encoded, draft.head_us) == ((), 1_000_000)
    assert (exchange.started_us, exchange.end.cause, exchange.end.us) == (1_750_000_000_500_000, "imported", 3_000_000)
    assert exchange.request.target == "/v1/messages?beta=true"
    assert exchange.response.headers.all("set-cookie") == ["a", "b"]
    assert exchange.absent == ("connection", "end", "header-case", "header-order", "request-bytes", "times")


def test_a_broken_line_is_named_and_the_rest_is_imported(tmp_path: Path) -> None:
    line = json.dumps(_PAIR)
    items = _all(tmp_path, line[:100], line, "", '{"request":{"url":"nowhere"}}', line)
    assert [type(item) for item in items] == [Problem, Draft, Problem, Draft]
    assert [item.place for item in items if isinstance(item, Problem)] == ["line 1", "line 4"]
    assert [item.exchange.source for item in items if isinstance(item, Draft)] == ["log.jsonl#2", "log.jsonl#5"]


def test_a_request_without_response_ended_without_one(tmp_path: Path) -> None:
    orphan = {**_PAIR, "response": None, "note": "ORPHANED_REQUEST"}
    (draft,) = _all(tmp_path, json.dumps(orphan))
    assert isinstance(draft, Draft)
    assert draft.exchange.response is None
    assert (draft.exchange.end.cause, draft.exchange.end.message) == ("no-response", "ORPHANED_REQUEST")
