"""A kill between any two changes of the disk: exchanges that had ended are present, and nothing is torn."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.exchanges import START
from wirelore.model.exchange import LOST, End, Headers, Request, Response
from wirelore.redaction.redactor import Redactor
from wirelore.store.integrity import problems
from wirelore.store.repair import repair
from wirelore.store.writer import Capture, CaptureWriter, is_capture

CHANGES = ("rename", "replace", "unlink", "remove", "rmdir", "mkdir", "truncate", "ftruncate", "pwrite", "open")
EVENT = b'event: ping\ndata: {"type":"ping"}\n\n'


@contextmanager
def watched(monkeypatch: pytest.MonkeyPatch, before: Callable[[], object]) -> Iterator[None]:
    """Call `before` ahead of each call that changes the disk (an `open` may create a file)."""
    busy: list[None] = []

    def watching(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            if not busy:
                busy.append(None)
                try:
                    before()
                finally:
                    busy.pop()
            return real(*arguments, **options)

        return call

    with monkeypatch.context() as patched:
        for name in CHANGES:
            patched.setattr(os, name, watching(getattr(os, name)))
        yield


class Session:
    """A recording that is copied before each change; each copy is the state that a kill would leave."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "capture"
        self.copies: list[tuple[Path, set[str], set[str]]] = []
        """Each copy, with the paths of the exchanges that had begun and of those that had ended."""
        self.begun: set[str] = set()
        self.ended: set[str] = set()

    def copy(self) -> None:
        if is_capture(self.folder):
            copy = self.folder.with_name(f"{len(self.copies):04d}")
            shutil.copytree(self.folder, copy)
            self.copies.append((copy, set(self.begun), set(self.ended)))

    def record(self) -> None:
        writer = CaptureWriter(self.folder, Redactor(b"k" * 32))
        entries = []
        for path in ("/first", "/second", "/third"):
            entries.append(writer.begin(START, Request(method="POST", host="h", target=path)))
            self.begun.add(path)
            entries[-1].request_chunk(1, b"asked\n")
            entries[-1].response_head(Response(headers=Headers((("content-type", "text/event-stream"),))), 2)
            for us in (3, 4, 5):
                entries[-1].response_chunk(us, EVENT)
                entries[-1].settle()
        writer.completeness["not_decrypted"] += 1
        writer.settle()
        for path, entry in list(zip(("/first", "/second"), entries, strict=False)):
            entry.end(End("complete", 9))
            self.ended.add(path)
        entries[2].end(End("shutdown", 9))
        writer.close()


def test_a_recorder_killed_between_any_two_changes_leaves_a_capture_that_can_be_repaired(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = Session(tmp_path)
    with watched(monkeypatch, session.copy):
        session.record()
    assert len(session.copies) > 80
    for copy, begun, ended in session.copies:
        repair(copy)
        assert [str(problem) for problem in problems(copy) if not problem.note] == [], copy
        exchanges = {exchange.request.path: exchange for exchange in Capture(copy).exchanges()}
        assert begun <= set(exchanges), copy
        assert {path for path, exchange in exchanges.items() if exchange.end.cause == "complete"} >= ended, copy
        assert {exchange.end.cause for exchange in exchanges.values()} <= {"complete", "shutdown", LOST}, copy
        for path in ended:
            response = exchanges[path].response
            assert response is not None
            assert response.body.read() == 3 * EVENT, copy


def test_a_repair_killed_between_any_two_changes_is_finished_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = Session(tmp_path)
    with watched(monkeypatch, session.copy):
        session.record()
    shutil.rmtree(session.folder)
    for number in (len(session.copies) // 2, len(session.copies) - 12):
        copy_before, begun, _ = session.copies[number]
        again = Session(tmp_path / f"again-{number}")
        shutil.copytree(copy_before, again.folder)
        with watched(monkeypatch, again.copy):
            repair(again.folder)
        assert len(again.copies) > 5
        expected = contents(again.folder)
        for copy, *_ in again.copies:
            repair(copy)
            assert contents(copy) == expected, copy
        assert begun <= {exchange.request.path for exchange in Capture(again.folder).exchanges()}


def contents(folder: Path) -> dict[str, bytes]:
    """Return all files of a capture except the manifest, which counts the repairs."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "capture.json")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
