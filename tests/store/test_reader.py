"""Reading captures: unreadable parts are reported with file, place and remedy, and the rest is read."""

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
def test_an_invalid_format_is_neither_the_first_nor_a_newer_one(tmp_path: Path, format: object) -> None:
    capture = written(tmp_path / "one", exchange())
    (capture.folder / "capture.json").write_text(json.dumps({**capture.manifest, "format": format}))
    remedy = "update wirelore" if format == 10**30 else "it was changed, restore it from a copy"
    with pytest.raises(Unreadable, match=rf"capture\.json: capture format .*{remedy}"):
        Capture(capture.folder)


def test_an_exchange_of_a_newer_format_is_refused_and_the_others_are_read(tmp_path: Path) -> None:
    capture = written(tmp_path / "one", exchange(), exchange())
    path = capture.folder / next(capture.index())["id"] / "exchange.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "format": 2}))
    messages: list[str] = []
    assert [item.sequence for item in capture.exchanges(lambda fault: messages.append(str(fault)))] == [2]
    assert messages == [f"{path}: capture format 2, this version reads 1 to 1; update wirelore"]


@pytest.mark.parametrize("text", ["", "[]", "{", '{"format": "1"}', '{"format": null}', '{"format": 1}', "[" * 100_000])
def test_an_invalid_manifest_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "capture.json").write_text(text)
    with pytest.raises(Unreadable, match=r"capture\.json: "):
        Capture(tmp_path)


def test_one_broken_exchange_does_not_hide_the_others(tmp_path: Path) -> None:
    capture = written(tmp_path / "one", exchange(), exchange(), exchange())
    names = [line["id"] for line in capture.index()]
    (capture.folder / names[1] / "exchange.json").write_text('{"format": 1}')
    problems: list[Unreadable] = []
    assert [item.id for item in capture.exchanges(problems.append)] == [names[0], names[2]]
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


def test_an_index_cannot_refer_outside_the_capture(tmp_path: Path) -> None:
    capture = written(tmp_path / "one", exchange())
    line = next(iter(capture.index()))
    (capture.folder / "index.jsonl").write_text(json.dumps({**line, "id": "../../../etc"}) + "\n")
    with pytest.raises(Unreadable, match="is not an exchange id"):
        list(capture.exchanges())


def _outside(folder: Path) -> Path:
    """Return a capture beside the one that is read."""
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
    messages: list[str] = []
    assert [item.sequence for item in capture.exchanges(lambda fault: messages.append(str(fault)))] == [2]
    assert len(messages) == 1
    assert messages[0].startswith(f"{path}: a symbolic link, which is not followed; ")


@pytest.mark.parametrize("name", ["capture.json", "index.jsonl"])
def test_a_manifest_or_an_index_that_is_a_link_or_a_pipe_is_refused(tmp_path: Path, name: str) -> None:
    capture = written(tmp_path / "one", exchange())
    path = capture.folder / name
    path.unlink()
    path.symlink_to(_outside(tmp_path) / name)
    with pytest.raises(Unreadable, match="a symbolic link, which is not followed"):
        list(Capture(capture.folder).exchanges())
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(Unreadable, match="not a regular file"):
        list(Capture(capture.folder).exchanges())


def test_a_body_replaced_by_a_pipe_does_not_block(tmp_path: Path) -> None:
    (item,) = written(tmp_path / "one", exchange({"a": 1})).exchanges()
    path = tmp_path / "one" / item.id / "request.body"
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(OSError, match="not a regular file"):
        item.request.body.read()


@pytest.mark.parametrize(
    "id", ["/etc", "messages/../../outside", "messages/\n", "messages/a/b", "messages", "", "\u0000"]
)
def test_an_id_that_is_not_a_place_in_a_capture_is_refused(tmp_path: Path, id: str) -> None:
    capture = written(tmp_path / "one", exchange())
    line = next(capture.index())
    (capture.folder / "index.jsonl").write_text(json.dumps({**line, "id": id}) + "\n")
    with pytest.raises(Unreadable, match="is not an exchange id") as refused:
        list(capture.exchanges())
    assert str(refused.value).isprintable()


def test_files_of_any_size_are_refused_before_they_are_read(tmp_path: Path) -> None:
    capture = written(tmp_path / "one", exchange(), exchange())
    first = capture.folder / next(capture.index())["id"] / "exchange.json"
    with first.open("ab") as stream:
        stream.truncate(1 << 40)
    messages: list[str] = []
    assert [item.sequence for item in capture.exchanges(lambda fault: messages.append(str(fault)))] == [2]
    limit = 256 << 20
    expected = (
        f"{1 << 40} bytes, expected at most {limit}; it was changed, restore it from a copy; expected an exchange"
    )
    assert messages == [f"{first}: {expected}"]
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
def test_the_losses_of_a_capture_are_named(tmp_path: Path, members: dict[str, object], lacks: str) -> None:
    capture = written(tmp_path / "one", exchange())
    capture.manifest.update(members)
    assert capture.losses == lacks


def test_an_incomplete_capture_is_reported_once_and_still_read(tmp_path: Path) -> None:
    capture = written(tmp_path / "one", exchange())
    capture.manifest["status"] = "recording"
    messages: list[str] = []
    assert len(list(capture.exchanges(lambda fault: messages.append(str(fault))))) == 1
    assert len(messages) == 1
    assert len(list(capture.exchanges())) == 1


def test_exchanges_without_times_do_not_make_a_capture_begin_in_1970(tmp_path: Path) -> None:
    undated = written(tmp_path / "no", exchange(started_us=0)).manifest
    assert (undated["started"], undated["ended"]) == (None, None)
    mixed = written(tmp_path / "both", exchange(started_us=0), exchange())
    assert mixed.manifest["started"] == written(tmp_path / "one", exchange()).manifest["started"]


def test_a_missing_or_truncated_body_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    capture = written(tmp_path / "one", *(exchange({"a": 1}, {"b": 2}) for _ in range(3)))
    first, second, _ = (capture.folder / line["id"] for line in capture.index())
    (first / "request.body").unlink()
    (second / "response.body").write_bytes(b"{")
    messages: list[str] = []
    assert [item.sequence for item in capture.exchanges(lambda fault: messages.append(str(fault)))] == [3]
    assert messages == [
        f"{first / 'request.body'}: No such file or directory; expected 7 bytes according to exchange.json",
        f"{second / 'response.body'}: 1 bytes, expected 7 according to exchange.json; it was truncated or changed",
    ]
