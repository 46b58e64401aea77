"""Importing as a whole: detection of formats, folders, other files, and the recordings beside the project."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wirelore.formats import FORMATS, Draft, Problem, Skipped, files, read
from wirelore.model import codec, encodings, sse
from wirelore.model.routes import Routes
from wirelore.redaction.redactor import Redactor
from wirelore.store.writer import Capture, CaptureWriter

_ROUTES = Routes(
    {
        "hosts": [],
        "error_event": "error",
        "tags": {},
        "operations": [],
        "bare": [{"member": {"type": "thing"}, "operation": {"method": "GET", "host": "h", "path": "/"}}],
    }
)


def test_a_folder_gives_its_recordings_sorted_and_names_the_skipped_files(tmp_path: Path) -> None:
    for name, content in {
        "b/x.sse": "data: 1\n\n",
        "a.json": '{"type":"thing"}',
        "package.json": '{"name":"x"}',
        "README": "Read me",
        ".git/config.json": '{"type":"thing"}',
        "made/capture.json": "{}",
        "made/thing.json": '{"type":"thing"}',
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    items = list(files([tmp_path, tmp_path / "README"], routes=_ROUTES))
    assert [path.relative_to(tmp_path).as_posix() for path in items if isinstance(path, Path)] == [
        "a.json",
        "b/x.sse",
        "README",
    ]
    assert [(item.path.name, item.reason) for item in items if isinstance(item, Skipped)] == [
        (".git", "a hidden folder; give its path to import it"),
        ("README", "not a recording"),
        ("made", "already a capture"),
        (
            "package.json",
            "not a recording (JSON, but not a known body; give the file's path to import it)",
        ),
    ]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "empty"),
        (b"\0\1\2\3", "unknown format"),
    ],
    ids=["empty", "binary"],
)
def test_a_file_that_is_not_a_recording_is_one_problem(tmp_path: Path, content: bytes, found: str) -> None:
    path = tmp_path / "strange"
    path.write_bytes(content)
    (problem,) = read(path, routes=_ROUTES)
    assert isinstance(problem, Problem)
    assert (problem.file, problem.found) == ("strange", found)


def test_an_unknown_format_is_one_problem_that_lists_the_known_ones(tmp_path: Path) -> None:
    (tmp_path / "some").write_bytes(b"{}")
    (problem,) = read(tmp_path / "some", format="netlog", routes=_ROUTES)
    assert str(problem) == ("some: unknown format netlog; expected one of claude-trace, har, json, mitmproxy, sse, vcr")


def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    (problem,) = read(tmp_path / "nowhere.har", routes=_ROUTES)
    assert isinstance(problem, Problem)
    assert str(problem) == "nowhere.har: no such file; expected a recording"


_STARTS = [
    b"",
    b'{"log":{"entries":[',
    b"interactions:\n- ",
    b'{"request":{',
    b"data: ",
    b"{",
    b"\x1f\x8b\x08",
    b"1:1:a;",
]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.sampled_from(_STARTS), rest=st.binary(max_size=80) | st.text(max_size=60).map(str.encode))
def test_no_bytes_make_read_raise(tmp_path: Path, start: bytes, rest: bytes) -> None:
    path = tmp_path / "any"
    path.write_bytes(start + rest)
    for format in (None, *FORMATS):
        list(read(path, format=format, routes=_ROUTES))


def test_a_draft_goes_through_the_store(tmp_path: Path) -> None:
    path = tmp_path / "some.yaml"
    path.write_text(
        "interactions:\n- request: {body: null, headers: {A: [b]}, method: GET, uri: 'https://example.com/x'}\n"
        "  response:\n    body: {string: '{}'}\n    headers: {content-encoding: [gzip]}\n"
        "    status: {code: 200, message: OK}\n"
    )
    (draft,) = read(path, routes=_ROUTES)
    assert isinstance(draft, Draft)
    writer = CaptureWriter(tmp_path / "capture", Redactor(b"key"), routes=_ROUTES)
    writer.write(
        draft.exchange,
        request_body=draft.request_body,
        response_body=draft.response_body,
        encoded=draft.encoded,
        head_us=draft.head_us,
        notes={"websocket": {"sent": 1, "messages": [{"data": "key sk-ant-api03-FAKE-0123456789"}]}},
    )
    writer.close()
    (exchange,) = Capture(tmp_path / "capture", _ROUTES).exchanges()
    assert exchange.response is not None
    assert (exchange.response.body.read(), exchange.response.body.encoding) == (b"{}", None)
    assert (exchange.origin, exchange.source, exchange.absent) == ("vcr", "some.yaml#1", draft.exchange.absent)
    text = (tmp_path / "capture" / exchange.id / "exchange.json").read_text()
    assert '"sent": 1' in text
    assert "FAKE-0123456789" not in text


@pytest.fixture(scope="module")
def imported(shared: Path) -> tuple[list[tuple[Path, Draft]], list[Problem], list[Skipped]]:
    """Every recording beside the project: drafts with their files, problems, and skipped files."""
    drafts: list[tuple[Path, Draft]] = []
    problems: list[Problem] = []
    skipped: list[Skipped] = []
    for path in files([shared / "real"]):
        if isinstance(path, Skipped):
            skipped.append(path)
            continue
        for item in read(path):
            if isinstance(item, Draft):
                drafts.append((path, item))
            else:
                problems.append(item)
    return drafts, problems, skipped


Imported = tuple[list[tuple[Path, Draft]], list[Problem], list[Skipped]]


def test_every_real_recording_is_imported(imported: Imported) -> None:
    drafts, problems, skipped = imported
    assert problems == []
    assert [(item.path.name, item.reason) for item in skipped] == [("_LICENSE", "not a recording")] * 6
    history = [draft for path, draft in drafts if "_history" in path.parts]
    assert len({path for path, _ in drafts if "_history" in path.parts}) == 24
    assert len(history) == 30
    rest = [(path, draft.exchange) for path, draft in drafts if "_history" not in path.parts]
    assert len({path for path, exchange in rest if exchange.origin == "vcr"}) == 407
    hosts = Counter(exchange.request.host == "api.anthropic.com" for _, exchange in rest if exchange.origin == "vcr")
    assert hosts == {True: 682, False: 26}
    assert Counter(exchange.origin for _, exchange in rest if exchange.origin != "vcr") == {"json": 41, "sse": 10}


def test_the_history_holds_every_error_status(imported: Imported) -> None:
    responses = [draft.exchange.response for path, draft in imported[0] if "_history" in path.parts]
    assert {response.status for response in responses if response} >= {400, 401, 429, 503, 529}


def test_every_real_body_decodes_and_is_what_its_header_says(imported: Imported) -> None:
    compressed = streams = 0
    for _, draft in imported[0]:
        response = draft.exchange.response
        assert response is not None
        body = b"".join(data for _, data in draft.response_body)
        if "response" in draft.encoded:
            decoder = encodings.Decoder(",".join(response.headers.all("content-encoding")))
            body = decoder.feed(body) + decoder.finish()
            compressed += 1
        if response.media_type == "application/json":
            assert codec.document(body).problem is None, draft.exchange.source
        if response.is_event_stream:
            events = list(sse.decode([body]))
            assert events[-1].complete, draft.exchange.source
            streams += 1
    assert (compressed, streams) == (237, 232)
