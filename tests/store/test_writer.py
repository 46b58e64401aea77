"""Writing and reading back: redacted, complete, in the expected place."""

import gzip
import hashlib
import json
import stat
from pathlib import Path

import pytest

from tests.exchanges import START, event, exchange
from wirelore.model.exchange import Chunk, End, Exchange, Headers, Request, Response
from wirelore.redaction.redactor import Redactor
from wirelore.store.writer import Capture, CaptureWriter, Unreadable, find

TOKEN = "sk-ant-oat01-" + "Ab1_" * 20


def written(folder: Path, *exchanges: Exchange, encoded: bool = True) -> Capture:
    """Write exchanges to a capture, each body in one chunk."""
    writer = CaptureWriter(folder, Redactor(b"k" * 32), tool={"name": "test"})
    for item in exchanges:
        writer.write(
            item,
            request_body=[(10, item.request.body.read())] if item.request.body.size else [],
            response_body=[(20, item.response.body.read())] if item.response and item.response.body.size else [],
            encoded=encoded,
        )
    writer.close()
    return Capture(folder)


def only(capture: Capture) -> Exchange:
    """Return the only exchange of a capture."""
    (exchange,) = capture.exchanges()
    return exchange


def test_an_exchange_is_read_back_unchanged(tmp_path: Path) -> None:
    headers = [("X-B", "1"), ("x-a", "2"), ("X-B", "3\xe9")]
    original = exchange(
        {"model": "m"}, {"type": "message"}, headers=headers, target="/v1/messages?beta=true", took_us=77
    )
    result = only(written(tmp_path / "one", original))
    assert result.request.headers.lines == tuple(headers)
    assert (result.request.method, result.request.host, result.request.target) == (
        "POST",
        "api.anthropic.com",
        original.request.target,
    )
    assert (result.request.path, result.request.query) == ("/v1/messages", (("beta", "true"),))
    assert result.request.body.read() == b'{"model":"m"}'
    assert result.response is not None
    assert (result.response.status, result.response.document.value) == (200, {"type": "message"})
    assert (result.started_us, result.end, result.operation, result.capture) == (
        START,
        End("complete", 77),
        "POST /v1/messages",
        "one",
    )
    assert result.response.body.chunks == (Chunk(0, 18, 20),)
    assert result.response.body.sha256 == hashlib.sha256(result.response.body.read()).hexdigest()


def test_folders_are_0700_and_files_0600(tmp_path: Path) -> None:
    capture = written(tmp_path / "one", exchange({"a": 1}, {"b": 2}))
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [capture.folder, *capture.folder.rglob("*")]}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}


def test_the_name_holds_category_time_number_and_template_and_nothing_of_the_clients_choice(tmp_path: Path) -> None:
    known = exchange(operation="GET /v1/models")
    strange = exchange(operation="GET /..%2f../secret name", started_us=START + 1_500_000)
    names = [item.id for item in written(tmp_path / "one", known, strange).exchanges()]
    assert names == ["other/20260101_000000_000001_get-v1-models", "other/20260101_000001_000002_get-unknown"]


@pytest.mark.parametrize(
    ("one", "category"),
    [
        pytest.param(exchange(operation="POST /v1/oauth/token", status=401, answer={}), "oauth", id="oauth wins"),
        pytest.param(exchange(status=529, answer={}), "errors", id="status"),
        pytest.param(exchange(status=None, end="no-response"), "errors", id="no response"),
        pytest.param(exchange(events=[("ping", {})], end="upstream-cut"), "errors", id="aborted"),
        pytest.param(exchange(events=[("ping", {}), ("error", {})]), "errors", id="error inside a stream"),
        pytest.param(exchange(events=[("ping", {})]), "streaming", id="stream"),
        pytest.param(exchange(answer={}), "messages", id="messages"),
        pytest.param(exchange(operation="GET /api/oauth/profile"), "account", id="account"),
        pytest.param(exchange(operation="POST /v1/rgstr"), "telemetry", id="telemetry"),
        pytest.param(exchange(operation="GET /elsewhere"), "other", id="other"),
    ],
)
def test_the_category_is_the_first_that_matches(tmp_path: Path, one: Exchange, category: str) -> None:
    assert only(written(tmp_path / "one", one)).category == category


def test_a_gzipped_stream_keeps_the_arrival_time_of_every_event(tmp_path: Path) -> None:
    events = [event("message_start", {"n": 1}), event("ping", {"n": 2}), event("message_stop", {"n": 3})]
    packer = gzip.zlib.compressobj(wbits=31)  # type: ignore[attr-defined]
    chunks = [(1000 * n, packer.compress(item) + packer.flush(2)) for n, item in enumerate(events, 1)]
    chunks.append((4000, packer.flush()))
    headers = Headers((("content-type", "text/event-stream"), ("content-encoding", "gzip")))
    writer = CaptureWriter(tmp_path / "one", Redactor(b"k" * 32))
    entry = writer.begin(START, Request(method="POST", host="api.anthropic.com", target="/v1/messages"))
    entry.response_head(Response(headers=headers))
    for us, data in chunks:
        entry.response_chunk(us, data)
    entry.end(End("complete", 5000))
    writer.close()
    response = only(Capture(tmp_path / "one")).response
    assert response is not None
    assert [(item.name, item.us) for item in response.events()] == [
        ("message_start", 1000),
        ("ping", 2000),
        ("message_stop", 3000),
    ]
    assert response.body.read() == b"".join(events)
    assert (response.body.encoding, response.body.undecoded) == ("gzip", None)
    assert response.body.wire_size == sum(len(data) for _, data in chunks)


def test_undecodable_text_is_stored_with_the_place_of_the_fault(tmp_path: Path) -> None:
    complete = gzip.compress(b"a" * 100)
    body = complete[:15] + b"garbage"
    broken = exchange(answer=body, answer_headers=[("content-encoding", "gzip")])
    response = only(written(tmp_path / "one", broken)).response
    assert response is not None
    assert response.body.undecoded is not None
    assert response.body.wire_size == len(body)
    assert response.body.read().strip(b"\0") in (b"", b"a" * 100)
    text = exchange(answer=f"it is not packed: {TOKEN} é".encode(), answer_headers=[("content-encoding", "gzip")])
    response = only(written(tmp_path / "text", text)).response
    assert response is not None
    assert response.body.read().startswith(b"it is not packed: sk-ant-oat01-")
    assert TOKEN.encode() not in response.body.read()
    packed = exchange(answer=gzip.compress(TOKEN.encode()), answer_headers=[("content-encoding", "dcb")])
    response = only(written(tmp_path / "packed", packed)).response
    assert response is not None
    assert response.body.read() == bytes(response.body.wire_size)
    unknown = exchange(answer=b"xyz", answer_headers=[("content-encoding", "rot13")])
    response = only(written(tmp_path / "two", unknown)).response
    assert response is not None
    assert (response.body.read(), response.body.undecoded) == (b"xyz", "content-encoding 'rot13' is unknown")


def test_no_secret_reaches_any_byte_of_the_folder(tmp_path: Path) -> None:
    original = exchange(
        {"access_token": TOKEN, "text": f"my token is {TOKEN}"},
        {"echo": TOKEN},
        headers=[("authorization", f"Bearer {TOKEN}"), ("x-api-key", TOKEN)],
        target=f"/v1/messages?code={TOKEN}",
        answer_headers=[("set-cookie", f"a={TOKEN}; Path=/")],
        source=f"{TOKEN}.har",
        connection={"sni": TOKEN},
    )
    capture = written(tmp_path / "one", original)
    bytes_on_disk = b"".join(path.read_bytes() for path in capture.folder.rglob("*") if path.is_file())
    assert TOKEN.encode() not in bytes_on_disk
    assert TOKEN[14:40].encode() not in bytes_on_disk
    result = only(capture)
    (authorization,) = result.request.headers.all("authorization")
    assert authorization.startswith("Bearer sk-ant-oat01-")
    assert len(authorization) == len(f"Bearer {TOKEN}")
    assert result.facts["authorization"] == {"scheme": "Bearer", "kind": "oat01", "length": len(TOKEN)}
    assert result.redactions == capture.manifest["redaction"]["replaced"]


def test_the_manifest_counts_recorded_and_aborted_exchanges(tmp_path: Path) -> None:
    complete, cut = exchange(answer={}, headers=[("user-agent", "claude-cli/9.9.9 (x)")]), exchange(end="client-gone")
    manifest = written(tmp_path / "one", complete, cut).manifest
    assert (manifest["format"], manifest["status"]) == (1, "complete")
    assert manifest["completeness"] == {"recorded": 2, "aborted": 1}
    assert manifest["categories"] == {"errors": 1, "messages": 1}
    assert manifest["ends"] == {"client-gone": 1, "complete": 1}
    assert manifest["clients"] == ["claude-cli/9.9.9"]
    index = (tmp_path / "one" / "index.jsonl").read_bytes()
    assert manifest["index_sha256"] == hashlib.sha256(index).hexdigest()


def test_an_exchange_appears_only_when_it_ends(tmp_path: Path) -> None:
    writer = CaptureWriter(tmp_path / "one", Redactor(b"k" * 32))
    entry = writer.begin(START, Request(method="POST", host="h", target="/v1/messages"))
    entry.request_chunk(0, b"{}")
    assert list(Capture(tmp_path / "one").index()) == []
    entry.end(End("shutdown", 5))
    assert [line["end"] for line in Capture(tmp_path / "one").index()] == ["shutdown"]
    writer.close()
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == ["capture.json", "errors", "index.jsonl"]


def test_a_body_split_anywhere_is_written_the_same(tmp_path: Path) -> None:
    body = json.dumps({"refresh_token": TOKEN, "a": "x" * 50}).encode()
    bodies = set()
    for cut in range(0, len(body), 7):
        writer = CaptureWriter(tmp_path / str(cut), Redactor(b"k" * 32))
        entry = writer.begin(START, Request(method="POST", host="h", target="/v1/oauth/token"))
        entry.request_chunk(1, body[:cut])
        entry.request_chunk(2, body[cut:])
        entry.end(End())
        writer.close()
        bodies.add(only(Capture(tmp_path / str(cut))).request.body.read())
    assert len(bodies) == 1


def test_a_capture_is_found_by_name_by_path_and_in_a_folder_of_captures(tmp_path: Path) -> None:
    for name in ("b", "a"):
        written(tmp_path / name, exchange())
    assert [capture.name for capture in find("b", tmp_path)] == ["b"]
    assert [capture.name for capture in find(str(tmp_path / "a"), Path("elsewhere"))] == ["a"]
    assert [capture.name for capture in find(str(tmp_path), Path("elsewhere"))] == ["a", "b"]
    with pytest.raises(Unreadable, match=r"nothing: no such capture in .*; `wirelore list --captures .*` lists \d"):
        find("nothing", tmp_path)


def test_a_capture_is_never_written_over(tmp_path: Path) -> None:
    written(tmp_path / "one", exchange())
    with pytest.raises(FileExistsError, match="already contains a capture; choose another name"):
        CaptureWriter(tmp_path / "one", Redactor(b"k" * 32))


@pytest.mark.parametrize("name", ["messages", "notes.txt", ".partial"])
def test_a_folder_that_is_not_empty_is_refused_and_nothing_is_written_through_a_link(tmp_path: Path, name: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    folder = tmp_path / "capture"
    folder.mkdir()
    (folder / name).symlink_to(elsewhere)
    with pytest.raises(FileExistsError, match="not empty"):
        CaptureWriter(folder, Redactor(b"k" * 32))
    assert list(elsewhere.iterdir()) == []
    assert [path.name for path in folder.iterdir()] == [name]
