"""The shelf: what cannot be read is named with file, place and remedy, and the rest goes on."""

import json
import os
from pathlib import Path

import pytest

from tests.exchanges import exchange
from tests.store.test_writer import written
from wirelore.store.writer import Capture, Unreadable


def test_a_newer_format_is_refused_with_the_remedy(tmp_path: Path) -> None:
    capture = written(tmp_path / "one", exchange())
    path = capture.folder / "capture.json"
    path.write_text(json.dumps({**capture.manifest, "format": 3}))
    with pytest.raises(
        Unreadable, match=r"capture\.json: capture format 3, this version reads 1 to 1; update wirelore"
    ):
        Capture(capture.folder)


@pytest.mark.parametrize("format", [True, 0, -1, "1", 1.5, None, [], 10**30], ids=repr)
def test_a_format_that_is_none_is_not_taken_for_the_first_nor_for_a_newer_one(tmp_path: Path, format: object) -> None:
    capture = written(tmp_path / "one", exchange())
    (capture.folder / "capture.json").write_text(json.dumps({**capture.manifest, "format": format}))
    remedy = "update wirelore" if format == 10**30 else "it was changed, take it from a copy"
    with pytest.raises(Unreadable, match=rf"capture\.json: capture format .*{remedy}"):
        Capture(capture.folder)


def test_an_exchange_of_a_newer_format_is_refused_and_the_others_are_read(tmp_path: Path) -> None:
    capture = written(tmp_path / "one", exchange(), exchange())
    path = capture.folder / next(capture.index())["id"] / "exchange.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "format": 2}))
    told: list[str] = []
    assert [one.sequence for one in capture.exchanges(lambda fault: told.append(str(fault)))] == [2]
    assert told == [f"{path}: capture format 2, this version reads 1 to 1; update wirelore"]


@pytest.mark.parametrize("text", ["", "[]", "{", '{"format": "1"}', '{"format": null}', '{"format": 1}', "[" * 100_000])
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


def _outside(folder: Path) -> Path:
    """A capture beside the one that is read."""
    return written(folder / "outside", exchange({"secret": 1}, {"secret": 2})).folder


@pytest.mark.parametrize("place", ["category", "folder", "exchange.json", "request.body", "response.body"])
def test_a_link_out_of_the_capture_is_not_followed_and_the_others_are_read(tmp_path: Path, place: str) -> None:
    capture = written(tmp_path / "one", exchange({"a": 1}, {"b": 2}), exchange({}, status=500))
    outside = _outside(tmp_path)
    name = next(capture.index())["id"]
    parts = {"category": name.partition("/")[0], "folder": name}
    linked = parts.get(place, f"{name}/{place}")
    path = capture.folder / linked
    path.rename(tmp_path / "aside")
    path.symlink_to(outside / linked)
    told: list[str] = []
    assert [one.sequence for one in capture.exchanges(lambda fault: told.append(str(fault)))] == [2]
    assert len(told) == 1
    assert told[0].startswith(f"{path}: a link, which is not followed; ")


@pytest.mark.parametrize("name", ["capture.json", "index.jsonl"])
def test_a_manifest_or_an_index_that_is_a_link_or_a_pipe_is_refused(tmp_path: Path, name: str) -> None:
    capture = written(tmp_path / "one", exchange())
    path = capture.folder / name
    path.unlink()
    path.symlink_to(_outside(tmp_path) / name)
    with pytest.raises(Unreadable, match="a link, which is not followed"):
        list(Capture(capture.folder).exchanges())
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(Unreadable, match="not a regular file"):
        list(Capture(capture.folder).exchanges())


def test_a_body_that_became_a_pipe_after_it_was_looked_at_is_not_waited_for(tmp_path: Path) -> None:
    (one,) = written(tmp_path / "one", exchange({"a": 1})).exchanges()
    path = tmp_path / "one" / one.id / "request.body"
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(OSError, match="not a regular file"):
        one.request.body.read()


@pytest.mark.parametrize(
    "id", ["/etc", "messages/../../outside", "messages/\n", "messages/a/b", "messages", "", "\u0000"]
)
def test_an_id_that_is_no_place_in_a_capture_is_refused(tmp_path: Path, id: str) -> None:
    capture = written(tmp_path / "one", exchange())
    line = next(capture.index())
    (capture.folder / "index.jsonl").write_text(json.dumps({**line, "id": id}) + "\n")
    with pytest.raises(Unreadable, match="is no exchange's id") as refused:
        list(capture.exchanges())
    assert str(refused.value).isprintable()


def test_files_of_any_size_are_refused_before_they_are_read(tmp_path: Path) -> None:
    capture = written(tmp_path / "one", exchange(), exchange())
    first = capture.folder / next(capture.index())["id"] / "exchange.json"
    with first.open("ab") as stream:
        stream.truncate(1 << 40)
    told: list[str] = []
    assert [one.sequence for one in capture.exchanges(lambda fault: told.append(str(fault)))] == [2]
    limit = 256 << 20
    found = f"{1 << 40} bytes, at most {limit} are read; it was changed, take it from a copy; expected an exchange"
    assert told == [f"{first}: {found}"]
    with (capture.folder / "index.jsonl").open("ab") as stream:
        stream.truncate(1 << 40)
    with pytest.raises(Unreadable, match=r"index\.jsonl: line 3 has more than 4194304 bytes"):
        list(capture.exchanges())


def test_chunks_beyond_the_body_are_refused(tmp_path: Path) -> None:
    capture = written(tmp_path / "one", exchange({"a": 1}))
    path = capture.folder / next(capture.index())["id"] / "exchange.json"
    document = json.loads(path.read_bytes())
    document["request"]["body"]["chunks"] = [[0, 1 << 40, 0]]
    path.write_text(json.dumps(document))
    with pytest.raises(Unreadable, match="a chunk beyond the body's 7 bytes"):
        list(capture.exchanges())


def test_a_missing_index_is_named(tmp_path: Path) -> None:
    capture = written(tmp_path / "one", exchange())
    (capture.folder / "index.jsonl").unlink()
    with pytest.raises(Unreadable, match=r"index\.jsonl: missing"):
        list(capture.exchanges())


@pytest.mark.parametrize(
    ("members", "lacks"),
    [
        ({}, ""),
        ({"completeness": {"recorded": 1, "failed_to_write": 2, "not_decrypted": 3}}, "failed_to_write: 2"),
        ({"completeness": {"proxy_lost": 1}, "ends": {"not-recorded": 1}}, "proxy_lost: 1, not-recorded: 1"),
    ],
    ids=["nothing", "writing", "proxy"],
)
def test_a_capture_says_what_it_lacks(tmp_path: Path, members: dict[str, object], lacks: str) -> None:
    capture = written(tmp_path / "one", exchange())
    capture.manifest.update(members)
    assert capture.lacks == lacks


def test_an_incomplete_capture_is_told_once_and_read_all_the_same(tmp_path: Path) -> None:
    capture = written(tmp_path / "one", exchange())
    capture.manifest["status"] = "recording"
    told: list[str] = []
    assert len(list(capture.exchanges(lambda fault: told.append(str(fault))))) == 1
    assert len(told) == 1
    assert len(list(capture.exchanges())) == 1


def test_exchanges_without_times_do_not_make_a_capture_begin_in_1970(tmp_path: Path) -> None:
    undated = written(tmp_path / "no", exchange(started_us=0)).manifest
    assert (undated["started"], undated["ended"]) == (None, None)
    both = written(tmp_path / "both", exchange(started_us=0), exchange())
    assert both.manifest["started"] == written(tmp_path / "one", exchange()).manifest["started"]


def test_a_body_that_is_gone_or_cut_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    capture = written(tmp_path / "one", *(exchange({"a": 1}, {"b": 2}) for _ in range(3)))
    first, second, _ = (capture.folder / line["id"] for line in capture.index())
    (first / "request.body").unlink()
    (second / "response.body").write_bytes(b"{")
    told: list[str] = []
    assert [one.sequence for one in capture.exchanges(lambda fault: told.append(str(fault)))] == [3]
    assert told == [
        f"{first / 'request.body'}: No such file or directory; exchange.json says that it has 7 bytes",
        f"{second / 'response.body'}: 1 bytes; exchange.json says 7; it was cut or changed",
    ]
