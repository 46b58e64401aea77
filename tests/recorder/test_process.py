import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.project import ROOT
from tests.upstream import until
from wirelore.model.exchange import Headers, Request, Response
from wirelore.recorder import handover
from wirelore.recorder.process import Recorder
from wirelore.redaction.redactor import Redactor
from wirelore.store.integrity import problems
from wirelore.store.writer import Capture, CaptureWriter

HEAD = handover.packed_request(
    1_700_000_000_000_000, Request(host="h", target="/p", headers=Headers((("A", "b"),))), {}
)
ANSWER = handover.packed_response(Response(status=200))


class Process:
    """A recorder process with the pipes to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "capture"
        self.status, status = os.pipe()
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "wirelore.recorder.process", str(self.folder), "--status", str(status)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=[status],
            env={**os.environ, "PYTHONPATH": str(ROOT), "XDG_DATA_HOME": str(folder / "data")},
        )
        os.close(status)
        self.first_line = self.line()

    def line(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        return dict(json.loads(self.process.stdout.readline()))

    def send(self, *frames: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"".join(frames))
        self.process.stdin.flush()

    def end(self) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.line()

    def statuses(self) -> list[dict[str, Any]]:
        with os.fdopen(self.status, "rb") as stream:
            return [json.loads(line) for line in stream]


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[Process]:
    process = Process(tmp_path)
    yield process
    process.process.kill()
    process.process.wait()


def complete_exchange(number: int) -> bytes:
    return b"".join(
        [
            handover.packed(handover.BEGIN, number, 0, HEAD),
            handover.packed(handover.REQUEST_BODY, number, 10, b"asked"),
            handover.packed(handover.RESPONSE_HEAD, number, 20, ANSWER),
            handover.packed(handover.RESPONSE_BODY, number, 30, b"ans"),
            handover.packed(handover.RESPONSE_BODY, number, 40, b"wered"),
            handover.packed(handover.END, number, 50, handover.packed_end("complete", "")),
        ]
    )


def test_exchanges_side_by_side_are_written_and_reported(recorder: Process) -> None:
    assert recorder.first_line == {"ready": str(recorder.folder)}
    first, second = complete_exchange(1), complete_exchange(2)
    half = len(handover.packed(handover.BEGIN, 1, 0, HEAD))
    recorder.send(first[:half], second, first[half:], handover.packed(handover.CLOSE, 0, 0))
    closed = recorder.end()["closed"]
    assert (closed["ends"], closed["completeness"]) == ({"complete": 2}, {})
    exchanges = list(Capture(recorder.folder).exchanges())
    assert [exchange.request.body.read() for exchange in exchanges] == [b"asked", b"asked"]
    assert exchanges[0].response is not None
    assert exchanges[0].response.body.chunks == ((0, 3, 30), (3, 5, 40))
    second_line, first_line = recorder.statuses()  # the second exchange ended first
    assert first_line == {
        "ended": exchanges[0].id,
        "cause": "complete",
        "us": 50,
        "method": "GET",
        "host": "h",
        "path": "/p",
        "status": 200,
    }
    assert second_line == {**first_line, "ended": exchanges[1].id}
    assert recorder.process.wait(10) == 0


def test_the_status_reports_a_redacted_path_without_its_query_and_no_status_code_without_a_response(
    recorder: Process,
) -> None:
    secret = "sk-ant-api03-FAKE-" + "Ab1_" * 20
    request = Request(method="POST", host="h", target=f"/keys/{secret}?beta=true")
    head = handover.packed_request(1_700_000_000_000_000, request, {})
    ended = handover.packed(handover.END, 1, 50, handover.packed_end("upstream-failed", ""))
    recorder.send(handover.packed(handover.BEGIN, 1, 0, head), ended, handover.packed(handover.CLOSE, 0, 0))
    recorder.end()
    (line,) = recorder.statuses()
    assert (line["method"], line["host"], line["status"], line["cause"]) == ("POST", "h", None, "upstream-failed")
    assert line["path"].startswith("/keys/")
    assert "FAKE" not in line["path"]
    assert "beta" not in line["path"]


def test_an_input_without_a_close_frame_is_counted_and_open_exchanges_are_kept(recorder: Process) -> None:
    recorder.send(complete_exchange(1)[:-10])
    closed = recorder.end()["closed"]
    assert (closed["ends"], closed["completeness"]) == ({"shutdown": 1}, {"proxy_lost": 1})
    (exchange,) = Capture(recorder.folder).exchanges()
    assert (exchange.end.us, exchange.response and exchange.response.body.read()) == (40, b"answered")


def test_the_recorder_ignores_ctrl_c(recorder: Process) -> None:
    recorder.process.send_signal(signal.SIGINT)
    recorder.send(complete_exchange(1), handover.packed(handover.CLOSE, 0, 0))
    assert recorder.end()["closed"]["completeness"] == {}
    assert Capture(recorder.folder).manifest["status"] == "complete"


def test_a_terminated_recorder_finishes_its_capture(recorder: Process) -> None:
    recorder.send(handover.packed(handover.BEGIN, 1, 0, HEAD))
    until(lambda: list(recorder.folder.glob(".partial/*")))
    recorder.process.terminate()
    assert recorder.line()["closed"]["ends"] == {"shutdown": 1}
    assert Capture(recorder.folder).manifest["status"] == "complete"


def test_a_folder_that_holds_a_capture_is_refused_with_the_reason(recorder: Process, tmp_path: Path) -> None:
    again = Process(tmp_path)
    assert "already contains a capture" in again.first_line["error"]
    assert again.process.wait(10) == 2


def test_an_exchange_that_cannot_be_written_is_counted_and_the_others_are_kept(tmp_path: Path) -> None:
    recorder = Recorder(CaptureWriter(tmp_path / "capture", Redactor(b"k" * 32)))
    (tmp_path / "capture" / ".partial" / "000001").mkdir()  # the first exchange's folder: FileExistsError
    reader = handover.Reader()
    for frame in reader.feed(complete_exchange(1) + complete_exchange(2) + handover.packed(handover.CLOSE, 0, 0)):
        recorder.apply(frame)
    closed = recorder.finish()
    assert (closed["ends"], closed["completeness"]) == ({"complete": 1}, {"failed_to_write": 1})


def frames(*parts: bytes) -> list[handover.Frame]:
    return list(handover.Reader().feed(b"".join(parts)))


def test_a_clock_that_is_set_back_leaves_times_in_order_and_is_noted(tmp_path: Path) -> None:
    recorder = Recorder(CaptureWriter(tmp_path / "capture", Redactor(b"k" * 32)))
    early = handover.packed_request(-5, Request(host="h", target="/p"), {})
    for frame in frames(
        handover.packed(handover.BEGIN, 1, 0, early),
        handover.packed(handover.REQUEST_BODY, 1, 900, b"asked"),
        handover.packed(handover.RESPONSE_HEAD, 1, 300, ANSWER),
        handover.packed(handover.RESPONSE_BODY, 1, 400, b"answered"),
        handover.packed(handover.END, 1, 1000, handover.packed_end("complete", "")),
        handover.packed(handover.CLOSE, 0, 0),
    ):
        recorder.apply(frame)
    assert recorder.finish()["completeness"] == {"clock_set_back": 1}
    (exchange,) = Capture(tmp_path / "capture").exchanges()
    assert exchange.response is not None
    assert (exchange.started_us, exchange.end.us, exchange.response.body.chunks) == (0, 1000, ((0, 8, 900),))
    document = json.loads((tmp_path / "capture" / exchange.id / "exchange.json").read_bytes())
    assert document["clock_set_back_us"] == 600
    assert list(problems(tmp_path / "capture")) == []


def test_an_exchange_whose_body_does_not_fit_on_disk_is_truncated_and_the_next_is_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Recorder(CaptureWriter(tmp_path / "capture", Redactor(b"k" * 32)))
    block, real = b"words\n" * 60_000, os.pwrite
    for frame in frames(
        handover.packed(handover.BEGIN, 1, 0, HEAD), handover.packed(handover.REQUEST_BODY, 1, 10, block)
    ):
        recorder.apply(frame)

    def no_room(descriptor: int, data: bytes, offset: int) -> int:
        if offset + len(data) < 400_000:
            return real(descriptor, data, offset)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", no_room)
    for frame in frames(handover.packed(handover.REQUEST_BODY, 1, 20, block), complete_exchange(2)):
        recorder.apply(frame)
    recorder.apply(handover.Frame(handover.CLOSE, 0, 0, b""))
    closed = recorder.finish()
    assert (closed["ends"], closed["completeness"]) == ({"complete": 1, "not-recorded": 1}, {"failed_to_write": 1})
    cut, following = Capture(tmp_path / "capture").exchanges()
    assert (cut.end.cause, following.end.cause) == ("not-recorded", "complete")
    size = cut.request.body.size
    assert len(block) < size < 2 * len(block)
    assert cut.request.body.read() == (block + block)[:size]
    assert cut.request.body.chunks == ((0, len(block), 10), (len(block), size - len(block), 20))
    assert list(problems(tmp_path / "capture")) == []


def test_an_exchange_that_cannot_begin_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder(CaptureWriter(tmp_path / "capture", Redactor(b"k" * 32)))

    def no_room(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", no_room)
    for frame in frames(complete_exchange(1)):
        recorder.apply(frame)
    assert list((tmp_path / "capture" / ".partial").iterdir()) == []
    monkeypatch.undo()
    recorder.apply(handover.Frame(handover.CLOSE, 0, 0, b""))
    assert recorder.finish()["completeness"] == {"failed_to_write": 1}
    assert list(problems(tmp_path / "capture")) == []


def test_a_capture_that_cannot_be_closed_is_reported_on_the_status_with_its_counts(recorder: Process) -> None:
    recorder.send(complete_exchange(1), handover.packed(handover.CLOSE, 0, 0))
    until(lambda: list(recorder.folder.glob("*/*_000001_*")))
    shutil.rmtree(recorder.folder)
    assert "cannot write the manifest" in recorder.end()["error"]
    assert recorder.process.wait(10) == 2
    ended, unclosed = recorder.statuses()
    assert ended["cause"] == "complete"
    assert unclosed["unclosed"]["ends"] == {"complete": 1}


def test_a_path_too_long_for_names_is_refused_at_the_start(tmp_path: Path) -> None:
    deep = Path(f"{tmp_path}/{('y' * 200 + '/') * 20}"[:4000])
    with pytest.raises(OSError, match="File name too long"):
        CaptureWriter(deep, Redactor(b"k" * 32))


def test_counts_and_notes_of_the_proxy_add_up_in_the_manifest(tmp_path: Path) -> None:
    recorder = Recorder(CaptureWriter(tmp_path / "capture", Redactor(b"k" * 32)))
    for host, count in (("a.test", 2), ("b.test", 1), ("a.test", 3)):
        members = {"completeness": {"not_decrypted": 1}, "passed_through": {host: {"connections": count}}}
        recorder.apply(handover.Frame(handover.COUNT, 0, 0, handover.packed_members(members)))
    recorder.apply(handover.Frame(handover.CLOSE, 0, 0, b""))
    recorder.finish()
    manifest = Capture(tmp_path / "capture").manifest
    assert manifest["passed_through"] == {"a.test": {"connections": 5}, "b.test": {"connections": 1}}
    assert manifest["completeness"] == {"aborted": 0, "not_decrypted": 3, "recorded": 0}


def test_names_beyond_a_thousand_are_counted_as_one(tmp_path: Path) -> None:
    recorder = Recorder(CaptureWriter(tmp_path / "capture", Redactor(b"k" * 32)))
    for number in range(1500):
        members = {"passed_through": {f"h{number}.test": {"connections": 1}}}
        recorder.apply(handover.Frame(handover.COUNT, 0, 0, handover.packed_members(members)))
    recorder.apply(handover.Frame(handover.CLOSE, 0, 0, b""))
    recorder.finish()
    passed = Capture(tmp_path / "capture").manifest["passed_through"]
    assert len(passed) == 1001
    assert passed["(others)"] == {"connections": 500}
