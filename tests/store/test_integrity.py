"""Integrity: each kind of damage is reported at its place and nowhere else."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.exchanges import exchange
from tests.store.test_writer import written
from wirelore.model.packaged import SAMPLES
from wirelore.store.integrity import matching_folders, problems
from wirelore.store.reader import Unreadable

ONE, TWO = "messages/20260101_000000_000001_post-v1-messages", "messages/20260101_000000_000002_post-v1-messages"


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    """A complete capture of two exchanges."""
    email = {"text": "of ada@example.org"}
    return written(tmp_path / "made", exchange({"n": 1}, email), exchange({"n": 2}, {"type": "message"})).folder


def places(folder: Path) -> list[str]:
    return [problem.place for problem in problems(folder)]


def changed(path: Path, change: Callable[[Any], object]) -> None:
    """Change a JSON file in place."""
    document = json.loads(path.read_bytes())
    change(document)
    path.write_text(json.dumps(document), "utf-8")


def manifest(change: Callable[[Any], object]) -> Callable[[Path], None]:
    return lambda folder: changed(folder / "capture.json", change)


def document(change: Callable[[Any], object]) -> Callable[[Path], None]:
    return lambda folder: changed(folder / ONE / "exchange.json", change)


def index(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[Path], None]:
    """Return a function that changes the lines of the index but not the manifest's hash."""

    def damage(folder: Path) -> None:
        path = folder / "index.jsonl"
        path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))

    return damage


def content(name: str, data: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(data)


def new_file(name: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        for parent in reversed([parent for parent in (folder / name).parents if folder in parent.parents]):
            parent.mkdir(mode=0o700, exist_ok=True)
        (folder / name).write_bytes(b"")
        (folder / name).chmod(0o600)

    return damage


def body(**members: Any) -> Callable[[Path], None]:
    return document(lambda document: document["request"]["body"].update(members))


DAMAGES: dict[str, tuple[Callable[[Path], object], list[str]]] = {
    "manifest gone": (lambda folder: (folder / "capture.json").unlink(), ["capture.json"]),
    "manifest no JSON": (content("capture.json", b"{"), ["capture.json"]),
    "manifest a list": (content("capture.json", b"[]"), ["capture.json"]),
    "no format": (manifest(lambda document: document.pop("format")), ["capture.json/format"]),
    "format zero": (manifest(lambda document: document.update(format=0)), ["capture.json/format"]),
    "not closed": (manifest(lambda document: document.update(status="recording")), ["capture.json/status"]),
    "index hash": (manifest(lambda document: document.update(index_sha256="0" * 64)), ["index.jsonl"]),
    "recorded": (
        manifest(lambda document: document["completeness"].update(recorded=3)),
        ["capture.json/completeness/recorded"],
    ),
    "aborted": (
        manifest(lambda document: document["completeness"].update(aborted=1)),
        ["capture.json/completeness/aborted"],
    ),
    "categories": (manifest(lambda document: document.update(categories={})), ["capture.json/categories"]),
    "ends": (manifest(lambda document: document.update(ends={"complete": 1})), ["capture.json/ends"]),
    "replaced": (
        manifest(lambda document: document["redaction"].update(replaced={})),
        ["capture.json/redaction/replaced"],
    ),
    "index gone": (
        lambda folder: (folder / "index.jsonl").unlink(),
        [
            "index.jsonl",
            "capture.json/categories",
            "capture.json/completeness/recorded",
            "capture.json/ends",
            "capture.json/redaction/replaced",
            ONE,
            TWO,
        ],
    ),
    "index line no JSON": (
        index(lambda lines: [lines[0], b"{\n", lines[1]]),
        ["index.jsonl:2", "index.jsonl"],
    ),
    "index line twice": (index(lambda lines: [*lines, lines[0]]), ["index.jsonl:3", "index.jsonl"]),
    "index line changed": (
        index(lambda lines: [lines[0].replace(b'"status":200', b'"status":201'), lines[1]]),
        ["index.jsonl:1", "index.jsonl"],
    ),
    "index numbers changed": (
        index(lambda lines: [lines[0].replace(b'"sequence":1', b'"sequence":2'), lines[1]]),
        ["index.jsonl:1", "index.jsonl:1", "index.jsonl"],
    ),
    "index cut": (index(lambda lines: [lines[0], lines[1].rstrip()]), ["index.jsonl", "index.jsonl"]),
    "folder gone": (
        lambda folder: shutil.rmtree(folder / ONE),
        [f"{ONE}/exchange.json", "capture.json/redaction/replaced"],
    ),
    "exchange.json gone": (
        lambda folder: (folder / ONE / "exchange.json").unlink(),
        [f"{ONE}/exchange.json", "capture.json/redaction/replaced"],
    ),
    "exchange.json cut": (
        content(f"{ONE}/exchange.json", b'{"id":'),
        [f"{ONE}/exchange.json", "capture.json/redaction/replaced"],
    ),
    "exchange.json without request": (
        document(lambda document: document.pop("request")),
        [f"{ONE}/exchange.json", "capture.json/redaction/replaced"],
    ),
    "exchange.json of another format": (
        document(lambda document: document.update(format=7)),
        [f"{ONE}/exchange.json/format"],
    ),
    "exchange.json of another id": (document(lambda document: document.update(id=TWO)), ["index.jsonl:1"]),
    "body gone": (lambda folder: (folder / ONE / "request.body").unlink(), [f"{ONE}/request.body"]),
    "body cut": (content(f"{ONE}/request.body", b'{"n"'), [f"{ONE}/request.body"]),
    "body changed": (content(f"{ONE}/response.body", b'{"text":"of bob@example.org"}'), [f"{ONE}/response.body"]),
    "body nobody knows": (
        document(lambda document: document["request"].update(body=None)),
        ["index.jsonl:1", f"{ONE}/request.body"],
    ),
    "chunk beyond the body": (body(chunks=[[0, 8, 10]]), [f"{ONE}/exchange.json/request/body/chunks/0"]),
    "chunks that overlap": (
        body(chunks=[[0, 4, 10], [3, 4, 10]]),
        [f"{ONE}/exchange.json/request/body/chunks/1"],
    ),
    "chunks that go back in time": (
        body(chunks=[[0, 4, 10], [4, 3, 9]]),
        [f"{ONE}/exchange.json/request/body/chunks/1"],
    ),
    "chunk of two numbers": (body(chunks=[[0, 7]]), [f"{ONE}/exchange.json", "capture.json/redaction/replaced"]),
    "a .part file": (new_file(f"{ONE}/request.body.part"), [f"{ONE}/request.body.part"]),
    "an exchange under way": (new_file(".partial/000003/request.body"), [".partial"]),
    "a manifest under way": (new_file("capture.json.new"), ["capture.json.new"]),
    "a folder without exchange.json": (
        new_file("messages/20260101_000000_000003_post-unknown/request.body"),
        ["messages/20260101_000000_000003_post-unknown"],
    ),
    "an exchange without a line": (
        new_file("messages/20260101_000000_000003_post-unknown/exchange.json"),
        ["messages/20260101_000000_000003_post-unknown"],
    ),
    "a file of somebody else": (new_file("notes.txt"), ["notes.txt"]),
    "a link": (lambda folder: (folder / "notes.txt").symlink_to(folder / "capture.json"), ["notes.txt"]),
    "a file others may read": (lambda folder: (folder / ONE / "request.body").chmod(0o644), [f"{ONE}/request.body"]),
    "a folder others may read": (lambda folder: (folder / ONE).chmod(0o750), [ONE]),
    "the capture's folder": (lambda folder: folder.chmod(0o755), ["."]),
}


def test_a_new_capture_has_no_problems(capture: Path) -> None:
    assert list(problems(capture)) == []


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_found_at_its_place_and_nowhere_else(capture: Path, damage: str) -> None:
    harm, expected = DAMAGES[damage]
    harm(capture)
    assert places(capture) == expected
    assert places(capture) == expected


def test_a_missing_number_is_a_problem_unless_the_manifest_counts_it(capture: Path) -> None:
    line = (capture / "index.jsonl").read_bytes().splitlines(keepends=True)[1]
    (capture / "index.jsonl").write_bytes(line)
    shutil.rmtree(capture / ONE)
    assert [place for place in places(capture) if not place.startswith("capture.json/")] == ["index.jsonl"] * 2
    changed(capture / "capture.json", lambda document: document["completeness"].update(failed_to_write=1))
    assert [place for place in places(capture) if not place.startswith("capture.json/")] == ["index.jsonl"]


def test_a_problem_has_the_finding_the_expectation_and_the_remedy(capture: Path) -> None:
    (capture / ONE / "request.body").write_bytes(b"{")
    message = "1 bytes; expected 7 according to exchange.json; it was truncated or changed; record or import it again"
    assert [str(problem) for problem in problems(capture)] == [f"{ONE}/request.body: {message}"]


def test_a_later_format_is_not_judged(capture: Path) -> None:
    changed(capture / "capture.json", lambda document: document.update(format=99))
    with pytest.raises(Unreadable, match="capture format 99, this version reads 1 to 1; update wirelore"):
        list(problems(capture))


@pytest.mark.parametrize("sample", sorted(path.name for path in SAMPLES.iterdir()))
def test_a_packaged_sample_has_no_problem_except_one_note_about_modes(sample: str) -> None:
    assert [problem for problem in problems(SAMPLES / sample) if not problem.note] == []
    assert len([problem for problem in problems(SAMPLES / sample) if problem.note]) <= 1


def test_where_files_have_the_modes_of_folders_modes_are_one_note(capture: Path) -> None:
    for path in (capture, *capture.rglob("*")):
        path.chmod(0o755)
    assert [(problem.place, problem.note) for problem in problems(capture)] == [(".", True)]


def test_a_secret_where_a_count_should_be_is_not_shown(capture: Path) -> None:
    secret = "sk-ant-api03-" + "Zz9_" * 10
    changed(
        capture / "capture.json", lambda document: document.update(ends={secret: secret}, status=secret, format=secret)
    )
    changed(capture / ONE / "exchange.json", lambda document: document.update(redactions={"id": secret}))
    assert [problem.place for problem in problems(capture)] == [
        "capture.json/format",
        "capture.json/status",
        f"{ONE}/exchange.json",
        "capture.json/ends",
        "capture.json/redaction/replaced",
    ]
    assert "Zz9_" not in "".join(map(str, problems(capture)))


def test_broken_captures_are_found_by_name_as_well(capture: Path, tmp_path: Path) -> None:
    assert matching_folders("made", tmp_path) == [capture]
    assert matching_folders(str(tmp_path), tmp_path) == [capture]
    (capture / "capture.json").unlink()
    assert matching_folders(str(capture), tmp_path) == [capture]
    with pytest.raises(Unreadable, match="no-such: no such capture"):
        matching_folders("no-such", tmp_path)
