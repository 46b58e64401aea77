"""The shelf: what cannot be read is named with file, place and remedy, and the rest goes on."""

import json
from pathlib import Path

import pytest

from captures.store import Capture, Unreadable
from tests.exchanges import exchange
from tests.test_captures_store import written


def test_a_newer_format_is_refused_with_the_remedy(tmp_path: Path) -> None:
    capture = written(tmp_path / "one", exchange())
    path = capture.folder / "capture.json"
    path.write_text(json.dumps({**capture.manifest, "format": 3}))
    with pytest.raises(
        Unreadable, match=r"capture\.json: capture format 3, this version reads 1 to 1; update wirelore"
    ):
        Capture(capture.folder)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"format": "1"}', '{"format": null}'])
def test_a_manifest_that_is_none_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "capture.json").write_text(text)
    with pytest.raises(Unreadable, match=r"capture\.json: "):
        Capture(tmp_path)


def test_one_broken_exchange_does_not_hide_the_others(tmp_path: Path) -> None:
    capture = written(tmp_path / "one", exchange(), exchange(), exchange())
    names = [line["id"] for line in capture.index()]
    (capture.folder / names[1] / "exchange.json").write_text('{"format": 1}')
    problems: list[Unreadable] = []
    assert [one.id for one in capture.exchanges(problems.append)] == [names[0], names[2]]
    (problem,) = problems
    assert str(problem).startswith(str(capture.folder / names[1] / "exchange.json"))
    with pytest.raises(Unreadable):
        list(capture.exchanges())


def test_a_torn_index_line_is_named_by_its_number(tmp_path: Path) -> None:
    capture = written(tmp_path / "one", exchange(), exchange())
    index = capture.folder / "index.jsonl"
    index.write_bytes(index.read_bytes()[:-20])
    with pytest.raises(Unreadable, match=r"index\.jsonl:2: "):
        list(capture.exchanges())


def test_an_index_cannot_lead_out_of_the_capture(tmp_path: Path) -> None:
    capture = written(tmp_path / "one", exchange())
    line = next(iter(capture.index()))
    (capture.folder / "index.jsonl").write_text(json.dumps({**line, "id": "../../../etc"}) + "\n")
    with pytest.raises(Unreadable, match="is no exchange's id"):
        list(capture.exchanges())


def test_a_missing_index_is_named(tmp_path: Path) -> None:
    capture = written(tmp_path / "one", exchange())
    (capture.folder / "index.jsonl").unlink()
    with pytest.raises(Unreadable, match=r"index\.jsonl: missing"):
        list(capture.exchanges())
