"""Repair: a manipulated recording is closed or refused, and files outside it are not changed."""

import json
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.exchanges import exchange
from tests.fuzz.ground import scratch, write
from wirelore.store.repair import repair
from wirelore.store.writer import Capture, Unreadable

_PARTIAL = ".partial"
_NAMES = ["capture.json", "index.jsonl", *(f"{_PARTIAL}/00000{n}/exchange.json" for n in (1, 2))]
_NAMES += [f"{_PARTIAL}/000003/{name}" for name in ("journal.jsonl", "request.body", "response.body")]
RUNS = 800


@cache
def _base() -> Path:
    """Create a recording whose recorder was killed: an exchange in the index, two ended ones, and an active one."""
    folder = scratch() / "killed" / "base"
    write(folder, *(exchange({"a": number}, {"b": number}) for number in range(4)))
    filed, first, second, third = sorted(folder.glob("messages/*"))
    for number, path in enumerate((first, second, third), 1):
        (folder / _PARTIAL).mkdir(exist_ok=True)
        path.rename(folder / _PARTIAL / f"00000{number}")
    under_way = folder / _PARTIAL / "000003"
    document = json.loads((under_way / "exchange.json").read_bytes())
    bodies = {
        side: {"kept": 7, "arrived": 9, **{name: document[side]["body"][name] for name in ("wire_size", "chunks")}}
        for side in ("request", "response")
    }
    for side, body in bodies.items():
        body |= {"encoding": None, "undecoded": None}
        document[side]["body"] = None
    (under_way / "journal.jsonl").write_text(json.dumps({"document": document, "bodies": bodies}) + "\n")
    (under_way / "exchange.json").unlink()
    manifest = json.loads((folder / "capture.json").read_bytes())
    (folder / "capture.json").write_text(json.dumps({**manifest, "status": "recording"}))
    (folder / "index.jsonl").write_bytes((folder / "index.jsonl").read_bytes().splitlines(keepends=True)[0])
    assert filed.is_dir()
    return folder


def check(data: bytes) -> None:
    """Repair the recording with one replaced file, selected by the first byte."""
    place = _base().parent / "one"
    shutil.rmtree(place, ignore_errors=True)
    folder = place / "recording"
    shutil.copytree(_base(), folder)
    if data:
        (folder / _NAMES[data[0] % len(_NAMES)]).write_bytes(data[1:])
    before = _outside(place)
    try:
        repair(folder)
        assert repair(folder) is None
    except OSError:
        return
    finally:
        assert _outside(place) == before
    try:
        problems: list[Unreadable] = []
        assert len(list(Capture(folder).exchanges(problems.append))) <= 4
    except Unreadable:
        return


def _outside(place: Path) -> list[str]:
    """Return the files beside the recording and above it."""
    return sorted(str(path) for folder in (place, place.parent, scratch()) for path in folder.iterdir())


def seeds() -> Iterator[bytes]:
    """Yield each file unchanged, and documents that point outside the recording."""
    for number, name in enumerate(_NAMES):
        content = (_base() / name).read_bytes()
        yield bytes([number]) + content
        if name.endswith("exchange.json"):
            document = json.loads(content)
            for changes in ({"id": "../elsewhere"}, {"started": 1}, {"tags": ["b", "a"]}, {"end": {"cause": "x"}}):
                yield bytes([number]) + json.dumps({**document, **changes}).encode()
        if name.endswith("journal.jsonl"):
            yield bytes([number]) + content.replace(b'"kept": 7', b'"kept": -7')
            yield bytes([number]) + content + b'{"bodies":{"request":{"chunks":[[1]]}}}\n'
            yield bytes([number]) + content.replace(b"messages/", b"../messages/")
