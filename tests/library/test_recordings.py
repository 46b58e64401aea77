"""Reading, importing and redacting recordings of other tools from Python."""

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

import wirelore

KEY = "sk-ant-api03-" + "x" * 24


def _entry(**more: Any) -> dict[str, Any]:
    return {
        "startedDateTime": "2026-01-02T03:04:05.000Z",
        "time": 12,
        "request": {
            "method": "POST",
            "url": "https://api.anthropic.com/v1/messages",
            "httpVersion": "HTTP/1.1",
            "headers": [{"name": "x-api-key", "value": KEY}],
            "postData": {"mimeType": "application/json", "text": '{"model":"m"}'},
        },
        "response": {
            "status": 200,
            "statusText": "OK",
            "httpVersion": "HTTP/1.1",
            "headers": [{"name": "content-type", "value": "application/json"}],
            "content": {"size": 9, "mimeType": "application/json", "text": '{"id":"a"}'},
        },
        **more,
    }


def _har(path: Path, *entries: dict[str, Any]) -> Path:
    path.write_text(
        json.dumps({"log": {"version": "1.2", "creator": {"name": "t", "version": "1"}, "entries": entries}})
    )
    return path


def test_a_recording_is_read_with_its_bodies_and_not_redacted(tmp_path: Path) -> None:
    (one,) = wirelore.read(_har(tmp_path / "a.har", _entry()))
    assert (one.operation, one.known, one.origin) == ("POST /v1/messages", True, "har")
    assert one.request.headers.first("x-api-key") == KEY
    assert (one.request.json, one.message) == ({"model": "m"}, {"id": "a"})


def test_a_bad_entry_raises_or_is_given_to_the_caller(tmp_path: Path) -> None:
    path = _har(tmp_path / "a.har", {"request": 1}, _entry())
    with pytest.raises(ValueError, match=r"a\.har: .*1"):
        list(wirelore.read(path))
    problems: list[str] = []
    assert len(list(wirelore.read(path, broken=lambda problem: problems.append(str(problem))))) == 1
    assert len(problems) == 1


def test_an_import_makes_a_redacted_capture_with_an_account(tmp_path: Path) -> None:
    account = wirelore.import_(_har(tmp_path / "a.har", _entry()), "brought", captures=tmp_path, once=True)
    assert (account.folder, account.files, sum(account.exchanges.values())) == (tmp_path / "brought", 1, 1)
    (one,) = wirelore.open("brought", captures=tmp_path)
    assert one.request.headers.first("x-api-key") not in (None, KEY)
    with pytest.raises(FileExistsError, match="already contains a capture"):
        wirelore.import_(tmp_path / "a.har", tmp_path / "brought", once=True)


def test_a_file_is_redacted_in_its_own_format(tmp_path: Path) -> None:
    account = wirelore.redact(_har(tmp_path / "a.har", _entry()), tmp_path / "clean.har", once=True)
    assert account.left == []
    assert KEY not in (tmp_path / "clean.har").read_text()
    assert len(json.loads((tmp_path / "clean.har").read_text())["log"]["entries"]) == 1


def test_a_cassette_in_gzip_is_read_decoded(tmp_path: Path) -> None:
    compressed = gzip.compress(b'{"id":"b"}')
    lines = [
        "interactions:",
        "- request: {method: GET, uri: 'https://api.anthropic.com/v1/models', body: null, headers: {}}",
        "  response:",
        "    status: {code: 200, message: OK}",
        "    headers: {content-type: [application/json], content-encoding: [gzip]}",
        "    body: {string: !!binary " + base64.b64encode(compressed).decode() + "}",
        "version: 1",
    ]
    (tmp_path / "c.yaml").write_text("\n".join(lines))
    (one,) = wirelore.read(tmp_path / "c.yaml")
    assert one.response
    assert (one.message, one.response.body.encoding, one.response.body.wire_size) == (
        {"id": "b"},
        "gzip",
        len(compressed),
    )
