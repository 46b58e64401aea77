"""Data frames of captures: stable columns, times as datetimes, sizes in bytes, unknown values missing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.exchanges import START, exchange
from tests.project import ROOT
from wirelore.analysis.check import Finding
from wirelore.model.exchange import Exchange, Headers
from wirelore.tables import frames

PAGE = (ROOT / "docs" / "python.md").read_text("utf-8")
STREAM = [("message_start", {"a": "ä"}), ("ping", {})]


def _row(frame: pd.DataFrame) -> dict[str, Any]:
    (row,) = frame.to_dict("records")
    return {str(name): value for name, value in row.items()}


def _types(frame: pd.DataFrame) -> dict[str, str]:
    return {str(name): str(kind) for name, kind in frame.dtypes.items()}


@pytest.mark.parametrize("kind", list(frames.OF_EXCHANGES))
def test_columns_and_types_are_the_same_with_and_without_rows(kind: str) -> None:
    frame, full = frames.OF_EXCHANGES[kind], [exchange(events=STREAM), exchange(status=None)]
    assert _types(frame([])) == _types(frame(full))
    assert len(frame([])) == 0 < len(frame(full))


@pytest.mark.parametrize("columns", [frames.EXCHANGES, frames.EVENTS, frames.HEADERS, frames.FINDINGS])
def test_the_documentation_lists_every_column(columns: dict[str, str]) -> None:
    assert [name for name in columns if f"`{name}`" not in PAGE] == []


def test_an_exchange_is_a_row() -> None:
    sent = exchange({"a": 1}, {"b": [2]}, headers=[("user-agent", "claude-cli/2.1.0 (x)")], took_us=2_500_000)
    row = _row(frames.exchange_frame([sent]))
    assert row["started"] == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=START)
    assert row["duration"] == timedelta(seconds=2.5)
    assert (row["operation"], row["client"], row["method"]) == ("POST /v1/messages", "claude-cli/2.1.0", "POST")
    assert (row["status"], row["request_bytes"], row["response_bytes"]) == (200, 7, 9)
    assert (row["response_type"], row["end"], row["origin"]) == ("application/json", "complete", "recorded")
    assert frames.exchange_frame([sent])["events"].isna().all()


def test_the_events_of_a_stream_are_counted_if_they_are_complete() -> None:
    assert _row(frames.exchange_frame([exchange(events=STREAM, tail=b"event: cut\n")]))["events"] == 2


@pytest.mark.parametrize(
    ("part", "columns"),
    [
        ("request", ["method", "host", "target", "client", "request_bytes"]),
        ("request-headers", ["client"]),
        ("status", ["status"]),
        ("times", ["first_byte", "duration"]),
        ("end", ["duration"]),
        ("request-body", ["request_bytes"]),
        ("response-body", ["response_bytes"]),
    ],
)
def test_only_the_columns_of_an_absent_part_are_missing(part: str, columns: list[str]) -> None:
    complete = frames.exchange_frame([exchange({"a": 1}, {"b": 2})])
    partial = frames.exchange_frame([exchange({"a": 1}, {"b": 2}, absent=(part,))])
    missing = {name for name in frames.EXCHANGES if partial[name].isna()[0] and not complete[name].isna()[0]}
    assert missing == set(columns)


def test_an_exchange_without_a_start_has_no_time() -> None:
    row = frames.exchange_frame([exchange(started_us=0, absent=("start", "times"))])
    assert row["started"].isna().all()


def test_an_event_is_a_row_with_its_text_and_time() -> None:
    rows = frames.event_frame([exchange(events=STREAM), exchange({"a": 1}, {"b": 1})])
    assert list(rows["number"]) == [1, 2]
    assert list(rows["event"]) == ["message_start", "ping"]
    assert rows["data"][0] == '{"a":"\\u00e4"}' or rows["data"][0] == '{"a":"ä"}'
    assert rows["offset"][1] == rows["size"][0]
    assert rows["complete"].all()
    assert list(rows["arrived"]) == [
        datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=START) + after for after in rows["after"]
    ]


def test_events_of_a_source_without_times_have_none() -> None:
    rows = frames.event_frame([exchange(events=STREAM, absent=("times",))])
    assert rows["arrived"].isna().all()
    assert rows["after"].isna().all()


def test_every_header_line_is_a_row_in_the_order_sent() -> None:
    lines = [("X-A", "1"), ("x-b", "2"), ("X-A", "3")]
    rows = frames.header_frame([exchange(headers=lines, status=None)])
    assert rows[["side", "part", "number", "name", "spelled", "value"]].to_numpy().tolist() == [
        ["request", "head", 1, "x-a", "X-A", "1"],
        ["request", "head", 2, "x-b", "x-b", "2"],
        ["request", "head", 3, "x-a", "X-A", "3"],
    ]


def test_trailers_are_rows_too_and_absent_headers_are_none() -> None:
    sent = exchange(headers=[("a", "1")], answer_headers=[("b", "2")])
    assert sent.response
    trailed = _with_response(sent, trailers=Headers((("c", "3"),)))
    rows = frames.header_frame([trailed])
    assert list(zip(rows["side"], rows["part"], rows["name"], strict=True)) == [
        ("request", "head", "a"),
        ("response", "head", "b"),
        ("response", "trailer", "c"),
    ]
    assert len(frames.header_frame([exchange(absent=("request-headers", "response-headers"))])) == 0


def _with_response(source: Exchange, **parts: Any) -> Exchange:
    assert source.response
    return replace(source, response=replace(source.response, **parts))


def test_a_finding_is_a_row() -> None:
    finding = Finding("beta-flags/new-value", "warning", "POST /x", "/flags/0", "a flag", "f" * 16, "one", "x/1", None)
    row = _row(frames.finding_frame([finding]).drop(columns="item"))
    assert row == {
        "capture": "one", "exchange": "x/1", "severity": "warning", "analyzer": "beta-flags",
        "rule": "beta-flags/new-value", "operation": "POST /x", "pointer": "/flags/0", "message": "a flag",
        "fingerprint": "f" * 16,
    }  # fmt: skip
    assert _types(frames.finding_frame([])) == _types(frames.finding_frame([finding]))


def test_frames_survive_a_parquet_file_where_pyarrow_is_installed(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="the extra `parquet` is not installed")
    frame = frames.exchange_frame([exchange({"a": 1}, {"b": 2}), exchange(events=STREAM)])
    frame.to_parquet(tmp_path / "frame.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "frame.parquet"), frame, check_dtype=False)
