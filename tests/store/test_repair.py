"""Repair: closes a capture whose recorder is gone, and no other."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.exchanges import START, exchange
from tests.read_only import read_only
from tests.store.test_writer import written
from wirelore.model.exchange import LOST, End, Headers, Request, Response
from wirelore.redaction.redactor import Redactor
from wirelore.store.integrity import problems
from wirelore.store.repair import repair, repair_all, unrepaired_messages
from wirelore.store.writer import Capture, CaptureWriter, ExchangeWriter, Unreadable, capture_folders

HEADERS = Headers((("user-agent", "claude-cli/9.9.9 (x)"), ("authorization", "Bearer sk-ant-oat01-" + "Ab1_" * 20)))


def begin_exchange(writer: CaptureWriter) -> ExchangeWriter:
    request = Request(method="POST", host="api.anthropic.com", target="/v1/messages", headers=HEADERS)
    return writer.begin(START, request, connection={"sni": "api.anthropic.com"})


def killed(writer: CaptureWriter) -> Path:
    """Return a copy of the writer's capture, as it is if its recorder is killed now."""
    abandoned = writer.folder.with_name("left")
    shutil.copytree(writer.folder, abandoned)
    return abandoned


@pytest.fixture
def writer(tmp_path: Path) -> CaptureWriter:
    return CaptureWriter(tmp_path / "one", Redactor(b"k" * 32))


def faults(folder: Path) -> list[str]:
    return [str(problem) for problem in problems(folder) if not problem.note]


def test_an_exchange_in_progress_is_present_with_its_data(writer: CaptureWriter) -> None:
    writer.write(exchange({"n": 1}, {"n": 2}))
    entry = begin_exchange(writer)
    entry.request_chunk(10, b'{"stream":true}')
    entry.response_head(Response(status=200, headers=Headers((("content-type", "text/event-stream"),))), 20)
    entry.response_chunk(30, b'event: ping\ndata: {"type":"ping"}\n\n')
    entry.settle()
    entry.response_chunk(40, b"event: ping\nda")
    entry.settle()
    entry.settle()
    entry.response_chunk(50, b'ta: {"type":"ping"}\n\n')
    abandoned = killed(writer)
    result = repair(abandoned)
    assert result is not None
    assert (result.saved, result.placed, result.torn, result.recorded) == (1, 0, 0, 2)
    assert faults(abandoned) == []
    complete, cut = Capture(abandoned).exchanges()
    assert complete.end.cause == "complete"
    assert cut.end == End(LOST, 40, "the recorder was lost")
    assert (cut.category, cut.operation, cut.started_us) == ("errors", "POST /v1/messages", START)
    assert cut.request.body.read() == b'{"stream":true}'
    assert cut.facts["authorization"]["kind"] == "oat01"
    assert cut.connection["sni"] == "api.anthropic.com"
    assert cut.response is not None
    assert cut.response.body.read() == b'event: ping\ndata: {"type":"ping"}\n\nevent: ping\n'
    assert cut.response.body.chunks == ((0, 35, 30), (35, 12, 40))
    document = json.loads((abandoned / cut.id / "exchange.json").read_bytes())
    assert document["bytes_not_kept"] == result.bytes_lost == 2


def test_a_tag_that_is_split_over_two_blocks_of_a_body_is_found(writer: CaptureWriter) -> None:
    entry = begin_exchange(writer)
    lines = b"some words\n" * (1 << 17)
    entry.request_chunk(10, lines[: (1 << 20) - 5] + b'"type":"image"' + lines)
    entry.settle()
    abandoned = killed(writer)
    repair(abandoned)
    (cut,) = Capture(abandoned).exchanges()
    assert cut.request.body.size > 1 << 20
    assert cut.tags == ("images",)


def test_the_manifest_counts_the_lost_recorder(writer: CaptureWriter) -> None:
    begin_exchange(writer)
    writer.completeness["failed_to_write"] = 3
    writer.settle()
    abandoned = killed(writer)
    repair(abandoned)
    capture = Capture(abandoned)
    assert capture.manifest["status"] == "repaired"
    assert capture.manifest["completeness"] == {"aborted": 1, "failed_to_write": 3, "recorded": 1, "recorder_lost": 1}
    assert capture.manifest["ends"] == {LOST: 1}
    assert capture.manifest["clients"] == ["claude-cli/9.9.9"]
    assert capture.manifest["redaction"]["replaced"] == next(capture.exchanges()).redactions
    assert capture.losses == "failed_to_write: 3, recorder_lost: 1"
    assert [problem.place for problem in problems(abandoned)] == ["capture.json/status"]


def test_an_exchange_that_has_only_begun_is_present_with_its_head(writer: CaptureWriter) -> None:
    begin_exchange(writer)
    abandoned = killed(writer)
    repair(abandoned)
    (only,) = Capture(abandoned).exchanges()
    assert (only.response, only.request.body.size, only.end.cause) == (None, 0, LOST)
    assert faults(abandoned) == []


def ended(writer: CaptureWriter) -> Path:
    entry = begin_exchange(writer)
    entry.request_chunk(1, b"{}")
    entry.end(End())
    return killed(writer)


def not_in_place(folder: Path) -> None:
    """Killed between writing exchange.json and renaming the folder."""
    (folder_in_place,) = folder.glob("errors/*")
    folder_in_place.rename(folder / ".partial" / "000001")
    (folder / "index.jsonl").write_bytes(b"")


def not_in_index(folder: Path) -> None:
    """Killed between renaming the folder and writing its line."""
    (folder / "index.jsonl").write_bytes(b"")


def torn_line(folder: Path) -> None:
    """Killed while the line was written."""
    index = folder / "index.jsonl"
    index.write_bytes(index.read_bytes()[:-20])


@pytest.mark.parametrize("damage", [not_in_place, not_in_index, torn_line])
def test_an_ended_exchange_is_moved_into_place_and_into_the_index(
    writer: CaptureWriter, damage: Callable[[Path], None]
) -> None:
    abandoned = ended(writer)
    before = (abandoned / "index.jsonl").read_bytes()
    damage(abandoned)
    result = repair(abandoned)
    assert result is not None
    assert (result.saved, result.placed, result.torn) == (0, 1, 0)
    assert (abandoned / "index.jsonl").read_bytes() == before
    assert faults(abandoned) == []


def test_an_empty_folder_is_removed_and_counted(writer: CaptureWriter) -> None:
    ended(writer)
    abandoned = writer.folder.with_name("left")
    (abandoned / ".partial" / "000002").mkdir()
    (abandoned / ".partial" / "000003").mkdir()
    (abandoned / ".partial" / "000003" / "journal.jsonl").write_bytes(b'{"document":{"for')
    result = repair(abandoned)
    assert result is not None
    assert result.torn == 2
    assert Capture(abandoned).manifest["completeness"]["not_saved"] == 2
    assert faults(abandoned) == []


def test_a_capture_that_is_being_recorded_is_left_alone(writer: CaptureWriter) -> None:
    begin_exchange(writer)
    assert repair(writer.folder) is None
    assert list(repair_all([writer.folder])) == []
    assert Capture(writer.folder).manifest["status"] == "recording"
    writer.close()


def test_a_closed_capture_is_left_alone(tmp_path: Path) -> None:
    folder = written(tmp_path / "one", exchange()).folder
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    assert repair(folder) is None
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_a_repair_that_was_killed_is_repaired(writer: CaptureWriter) -> None:
    entry = begin_exchange(writer)
    entry.request_chunk(1, b"{}\n")
    writer.write(exchange({"n": 1}, {"n": 2}))
    abandoned = killed(writer)
    journal = (abandoned / ".partial" / "000001" / "journal.jsonl").read_bytes()
    repair(abandoned)
    again = writer.folder.with_name("again")
    shutil.copytree(abandoned, again)
    manifest = json.loads((writer.folder / "capture.json").read_bytes())
    (again / "capture.json").write_text(json.dumps(manifest))  # as if the manifest had not been written
    (folder,) = again.glob("errors/*")
    (folder / "journal.jsonl").write_bytes(journal)
    (again / ".partial").mkdir()
    folder.rename(again / ".partial" / "000001")
    (again / "index.jsonl").write_bytes((writer.folder / "index.jsonl").read_bytes() + b'{"id":')
    repair(again)
    assert faults(again) == []
    assert (again / "index.jsonl").read_bytes() == (abandoned / "index.jsonl").read_bytes()


def test_a_repair_is_described_in_one_line(writer: CaptureWriter) -> None:
    begin_exchange(writer)
    abandoned = killed(writer)
    (line,) = repair_all(capture_folders(abandoned.parent))
    assert line == (
        f"repaired {abandoned}: its recorder was killed; 1 exchange present, 1 of them cut off (recorder-lost), "
        "0 added to the index, 0 not recoverable; lost: the traffic of the last seconds and later"
    )


def test_a_capture_on_a_read_only_file_system_stays_unchanged_and_complete_exchanges_are_read(
    writer: CaptureWriter, tmp_path: Path
) -> None:
    writer.write(exchange({"n": 1}, {"n": 2}))
    begin_exchange(writer)
    abandoned = killed(writer)
    index = abandoned / "index.jsonl"
    index.write_bytes(index.read_bytes() + b'{"id":"oth')
    with read_only(abandoned, tmp_path / "disk") as disk:
        assert list(repair_all([disk])) == []
        (line,) = unrepaired_messages([disk])
        problems: list[Unreadable] = []
        assert len(list(Capture(disk).exchanges(problems.append))) == 1
        with pytest.raises(PermissionError):
            repair(disk)
    assert line == (
        f"{disk}/capture.json: the capture is incomplete: not closed; its recorder was killed and its folder is "
        "not writable; copy it to a writable folder and read the copy"
    )
    assert list(map(str, problems)) == [line]


def test_a_failure_in_a_writable_folder_is_reported(writer: CaptureWriter) -> None:
    begin_exchange(writer)
    abandoned = killed(writer)
    (abandoned / "capture.json.new").mkdir()
    (line,) = repair_all([abandoned])
    assert line.startswith(f"not repaired {abandoned}: its recorder was killed, but [Errno ")
    assert list(unrepaired_messages([abandoned])) == [
        f"{abandoned}/capture.json: the capture is incomplete: not closed; its recorder was killed and it has not been "
        "repaired"
    ]


def test_a_capture_that_is_being_recorded_is_not_reported(writer: CaptureWriter) -> None:
    begin_exchange(writer)
    assert (list(repair_all([writer.folder])), list(unrepaired_messages([writer.folder]))) == ([], [])
    assert Capture(writer.folder).losses == "not closed; its recorder is still running"


@pytest.mark.parametrize("place", [".partial", ".partial/000001", ".partial/000001/request.body", "errors"])
def test_a_link_in_a_strangers_capture_is_not_followed(writer: CaptureWriter, tmp_path: Path, place: str) -> None:
    entry = begin_exchange(writer)
    entry.request_chunk(1, b"{}\n")
    abandoned = killed(writer)
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "request.body").write_bytes(b"precious")
    path = abandoned / place
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    path.symlink_to(precious / "request.body" if place.endswith("body") else precious)
    (line,) = repair_all([abandoned])
    assert "is a symbolic link, which is not followed; remove it" in line
    assert {path_.name: path_.read_bytes() for path_ in precious.iterdir()} == {"request.body": b"precious"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("index.jsonl", b'{"id":"errors/20260101_000000_000001_x"}\n'),
        ("index.jsonl", b'{"id":7}\n[]\n'),
        (".partial/000001/exchange.json", b'{"id":"errors/20260101_000000_000001_x"}'),
        (".partial/000001/request.body", b""),
        (".partial/stray", b""),
    ],
    ids=["line of nothing", "lines of nothing", "document of nothing", "body of nothing", "file for a folder"],
)
def test_foreign_content_does_not_stop_a_repair(writer: CaptureWriter, name: str, content: bytes) -> None:
    begin_exchange(writer)
    abandoned = killed(writer)
    (abandoned / name).write_bytes(content)
    result = repair(abandoned)
    assert result is not None
    assert result.saved == 1
    assert Capture(abandoned).manifest["ends"] == {LOST: 1}


@pytest.mark.parametrize(
    "line",
    [
        b"[]",
        b"1",
        b'{"document":[]}',
        b'{"document":{"id":"../../../etc/passwd"}}',
        b'{"document":{"id":"errors/20260101_000000_000001_x"},"bodies":{"request":{"chunks":7}}}',
        b'{"bodies":5,"document":{}}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
    ids=range(8),
)
def test_a_journal_that_no_recorder_wrote_saves_nothing(writer: CaptureWriter, line: bytes) -> None:
    begin_exchange(writer)
    abandoned = killed(writer)
    (abandoned / ".partial" / "000001" / "journal.jsonl").write_bytes(line + b"\n")
    result = repair(abandoned)
    assert result is not None
    assert (result.saved, result.torn) == (0, 1)
    assert faults(abandoned) == []
    assert {path.name for path in abandoned.parent.iterdir()} == {"left", "one"}
