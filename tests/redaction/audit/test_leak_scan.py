"""The leak scan: a secret planted in a redacted capture is found with its place and kind, and never shown."""

import base64
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.exchanges import event, exchange
from tests.secret_shapes import KEY, SHAPES, UUID
from tests.store.test_writer import written
from wirelore.model.packaged import SAMPLES
from wirelore.redaction.audit.leak_scan import leaks
from wirelore.redaction.audit.redaction_counts import Account, Leak
from wirelore.redaction.redactor import Redactor
from wirelore.store.writer import CaptureWriter

ONE, TWO = "messages/20260101_000000_000001_post-v1-messages", "streaming/20260101_000000_000002_post-v1-messages"
JWT = ".".join(
    base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (b'{"alg":"none"}', b'{"fake":1}', b"sig")
)
SECRETS = {
    "token": "sk-ant-api03-" + "Zz9_" * 12,
    "jwt": JWT,
    "email": "grace@example.net",
    "id": "0e0e0e0e-2222-4333-9444-555555555555",
    "home": "/home/grace",
}
LENGTHS = {"home": 5}


def scan(folder: Path, **options: Any) -> list[Leak]:
    return list(leaks(folder, **options))


def places(folder: Path, **options: Any) -> list[tuple[str, str, str, int]]:
    return [
        (leak.place, leak.at, leak.kind, leak.length) for leak in scan(folder, **options) if leak.level == "residue"
    ]


def changed(path: Path, change: Callable[[Any], object]) -> None:
    document = json.loads(path.read_bytes())
    change(document)
    path.write_text(json.dumps(document), "utf-8")


def planted(path: Path, secret: str) -> str:
    """Replace PLANT in a file by the secret and return its offset."""
    data = path.read_bytes()
    assert data.count(b"PLANT") == 1
    path.write_bytes(data.replace(b"PLANT", secret.encode()))
    return str(data.index(b"PLANT"))


def in_header(folder: Path, secret: str) -> tuple[str, str]:
    changed(
        folder / ONE / "exchange.json",
        lambda document: document["request"]["headers"].__setitem__(1, ["x-note", secret]),
    )
    return f"{ONE}/exchange.json", "/request/headers/1"


def in_query(folder: Path, secret: str) -> tuple[str, str]:
    changed(
        folder / ONE / "exchange.json", lambda document: document["request"].update(target=f"/v1/messages?x={secret}")
    )
    return f"{ONE}/exchange.json", "/request/target"


def in_body(folder: Path, secret: str) -> tuple[str, str]:
    return f"{ONE}/request.body", planted(folder / ONE / "request.body", secret)


def in_event(folder: Path, secret: str) -> tuple[str, str]:
    return f"{TWO}/response.body", planted(folder / TWO / "response.body", secret)


def in_note(folder: Path, secret: str) -> tuple[str, str]:
    changed(folder / ONE / "exchange.json", lambda document: document.update(note={"deep": [secret]}))
    return f"{ONE}/exchange.json", "/note/deep/0"


def in_manifest(folder: Path, secret: str) -> tuple[str, str]:
    changed(folder / "capture.json", lambda document: document["options"].update(hosts=["a", secret]))
    return "capture.json", "/options/hosts/1"


def in_index(folder: Path, secret: str) -> tuple[str, str]:
    lines = (folder / "index.jsonl").read_text("utf-8").splitlines()
    lines[1] = json.dumps({**json.loads(lines[1]), "host": secret})
    (folder / "index.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    return "index.jsonl:2", "/host"


def in_stray(folder: Path, secret: str) -> tuple[str, str]:
    (folder / "notes.txt").write_text(f"see: {secret}\n", "utf-8")
    return "notes.txt", "5"


PLACES = {
    place_function.__name__: place_function
    for place_function in (in_header, in_query, in_body, in_event, in_note, in_manifest, in_index, in_stray)
}


def test_a_capture_as_it_was_written_has_no_residue_and_its_pseudonyms_are_counted(capture: Path) -> None:
    account = Account()
    assert scan(capture, account=account) == []
    assert account == Account(explained=4, hidden=0)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", SECRETS)
def test_a_planted_secret_is_found_with_its_kind_and_place_and_not_shown(capture: Path, kind: str, place: str) -> None:
    secret = SECRETS[kind]
    file, position = PLACES[place](capture, secret)
    offset = 6 if kind == "home" and position.isdigit() else 0
    position = str(int(position) + offset) if offset else position
    expected = (file, position, kind, LENGTHS.get(kind, len(secret)))
    results = scan(capture)
    certain = [(leak.place, leak.at, leak.kind, leak.length) for leak in results if "that may be it" not in leak.reason]
    doubtful = [(leak.place, leak.at, leak.kind, leak.length) for leak in results if "that may be it" in leak.reason]
    assert expected in certain + doubtful
    assert {leak[2] for leak in certain + doubtful} == {kind}
    assert certain == ([] if doubtful else [expected])
    assert secret.removeprefix("/home/") not in "".join(map(str, results))


def aged(folder: Path) -> Path:
    """Remove the lists of pseudonyms, as in a capture from before they existed."""
    for path in folder.rglob("exchange.json"):
        changed(path, lambda document: document.pop("pseudonyms"))
    return folder


def test_a_listed_pseudonym_is_recognised_in_the_whole_exchange(capture: Path) -> None:
    document = json.loads((capture / ONE / "exchange.json").read_bytes())
    (token,) = [value for name, value in document["request"]["headers"] if name == "authorization"]
    planted(capture / ONE / "request.body", token.removeprefix("Bearer "))
    assert scan(capture) == []


def test_the_manifest_lists_its_pseudonyms(tmp_path: Path) -> None:
    writer = CaptureWriter(tmp_path / "made", Redactor(KEY), options={"of": "ada@example.org"})
    writer.notes = {"note": f"see {UUID}"}
    writer.close()
    assert len(json.loads((tmp_path / "made/capture.json").read_bytes())["redaction"]["pseudonyms"]) == 2
    assert scan(tmp_path / "made") == []
    changed(tmp_path / "made/capture.json", lambda document: document.update(more="grace@example.net"))
    assert places(tmp_path / "made") == [("capture.json", "/more", "email", 17)]


@pytest.mark.slow
@settings(max_examples=60)
@given(secrets=st.lists(SHAPES, min_size=8, max_size=8))
def test_no_pseudonym_is_reported_as_an_original(secrets: list[str]) -> None:
    ascii_only = [re.sub(r"[^!-~]", "x", secret) for secret in secrets]
    headers = [("authorization", f"Bearer {ascii_only[0]}"), ("cookie", f"a={ascii_only[1]}; b={ascii_only[2]}")]
    query = "&".join(f"{name}={quote(secrets[3])}" for name in ("code", "state", "access_token"))
    body = {"access_token": secrets[4], "session_id": secrets[5], "text": f"see {secrets[6]} or {secrets[7]}."}
    original = exchange(body, {"t": json.dumps(body)}, headers=headers, target=f"/v1/messages?{query}")
    with TemporaryDirectory() as folder:
        assert places(written(Path(folder) / "made", original).folder) == []


def test_a_name_that_holds_a_secret_is_found(capture: Path) -> None:
    changed(capture / "capture.json", lambda document: document.update({SECRETS["token"]: 1}))
    (leak,) = scan(capture)
    assert (leak.place, leak.at, leak.kind) == ("capture.json", "/*", "token")
    assert "Zz9_" not in str(leak)


FORMS: dict[str, str] = {
    "plain": 'Ada "L"/x',
    "URL": "Ada%20%22L%22%2Fx",
    "URL in small letters": "Ada%20%22L%22%2fx",
    "form": "Ada+%22L%22%2Fx",
    "JSON": 'Ada \\"L\\"/x',
    "JSON with escaped slash": 'Ada \\"L\\"\\/x',
    "base64": base64.b64encode(b'Ada "L"/x').decode(),
    "base64, one byte on": base64.b64encode(b'.Ada "L"/x..').decode(),
    "base64, two bytes on": base64.b64encode(b'..Ada "L"/x.').decode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_canary_is_found_in_every_form_and_not_shown(capture: Path, form: str) -> None:
    (capture / ONE / "request.body").write_bytes(b"see:" + FORMS[form].encode())
    results = scan(capture, canaries=["no such text", 'Ada "L"/x'])
    (leak,) = [leak for leak in results if leak.kind == "canary"]
    begin = 4 + (2 if "one" in form else 3 if "two" in form else 0)
    assert (leak.place, leak.at, leak.level) == (f"{ONE}/request.body", str(begin), "residue")
    assert leak.reason.startswith("canary 2")
    assert "Ada" not in "".join(map(str, results))


def test_a_canary_is_found_in_manifest_index_and_exchange(capture: Path) -> None:
    in_manifest(capture, "Ada Lovelace")
    in_index(capture, "Ada Lovelace")
    in_note(capture, "Ada Lovelace")
    assert [leak.place for leak in scan(capture, canaries=["Ada Lovelace"])] == [
        "capture.json",
        "index.jsonl",
        f"{ONE}/exchange.json",
    ]


def test_a_string_that_looks_random_is_unexplained_and_reported_once(capture: Path) -> None:
    secret = "q7RzK2vX9LmT4wBn8YpC1sHd"
    planted(capture / ONE / "request.body", secret)
    position = planted(capture / TWO / "response.body", secret)
    first = scan(capture)
    assert [(leak.level, leak.kind, leak.place, leak.length) for leak in first] == [
        ("unexplained", "string", f"{ONE}/request.body", len(secret))
    ]
    assert position.isdigit()
    assert secret not in str(first[0])


def test_a_body_whose_encoding_was_not_undone_is_unexplained(tmp_path: Path) -> None:
    headers = [("content-type", "application/json"), ("content-encoding", "gzip")]
    folder = written(tmp_path / "gz", exchange(b"no gzip at all", headers=headers)).folder
    assert [(leak.level, leak.kind, leak.place) for leak in scan(folder)] == [
        ("unexplained", "encoded", f"{ONE}/request.body")
    ]


def test_a_link_is_not_followed(capture: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").write_text(SECRETS["token"], "utf-8")
    (capture / "notes.txt").symlink_to(tmp_path / "outside")
    assert scan(capture) == []


def test_what_cannot_be_read_as_json_is_read_as_text(capture: Path) -> None:
    (capture / "capture.json").write_text('{"a": "' + SECRETS["token"], "utf-8")
    assert places(capture) == [("capture.json", "0", "token", len(SECRETS["token"]))]


@pytest.mark.parametrize("sample", sorted(path.name for path in SAMPLES.iterdir()))
def test_a_packaged_sample_has_no_residue(sample: str) -> None:
    assert places(SAMPLES / sample) == []


def _megabytes(count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield event("ping", {"words": "of nothing in particular "}) * ((1 << 20) // 65)
