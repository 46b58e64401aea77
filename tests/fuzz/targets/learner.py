"""The learner: learned observations pass in any order, and learning them again changes nothing."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.fuzz.ground import scratch
from tests.learning.test_learner import empty
from wirelore.learning.learner import Learner
from wirelore.model import codec
from wirelore.schema.library import Library

_MOST = 12
RUNS = 1_500


def check(data: bytes) -> None:
    """Learn the lines that are JSON as observed bodies."""
    documents = [codec.document(line) for line in data.split(b"\n")[:_MOST]]
    observations = [
        {"operation": "POST /v1/messages", "status": 200, "body": found.value}
        for found in documents
        if found.problem is None
    ]
    if not observations:
        return
    folder = _learned("one", observations)
    judge = Library(folder).judge("bodies")
    assert [one for one in observations if not judge.holds(one)] == []
    assert _learn(folder, observations) == []
    assert _files(_learned("other", observations[::-1])) == _files(folder)


def _learned(name: str, observations: list[dict[str, Any]]) -> Path:
    folder = scratch() / name
    shutil.rmtree(folder, ignore_errors=True)
    _learn(empty(folder), observations)
    return folder


def _learn(folder: Path, observations: list[dict[str, Any]]) -> list[Any]:
    learner = Learner(folder)
    for observation in observations:
        learner.add("bodies", observation)
    return learner.write()


def _files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.json")}


def seeds() -> Iterator[bytes]:
    """Yield unions by type, maps, numbers and forms of strings."""
    bodies: list[Any] = [
        {"type": "message", "content": [{"type": "text", "text": "a"}, {"type": "tool_use", "input": {"x": 1}}]},
        {"type": "error", "error": {"type": "overloaded_error", "message": "m"}},
        {"n": 1, "f": 1.5, "b": True, "z": None, "big": 123456789012345678901234567890, "e": {}, "l": []},
        {"id": "0f0f0f0f-1111-4222-8333-444444444444", "at": "2026-01-01T00:00:00Z", "a/b~c": "\ud800"},
        [],
        [[[{}]]],
        "text",
        None,
    ]
    yield b"\n".join(json.dumps(body).encode() for body in bodies)
    yield from (json.dumps(body).encode() for body in bodies)
    yield b"\n".join(b'{"type":"%s","v":%d}' % (name, number) for number, name in enumerate([b"a", b"b", b"a", b""]))
    yield b'{"a":' * 60 + b"1" + b"}" * 60
