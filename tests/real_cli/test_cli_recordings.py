"""Recordings of the real CLI: each session with each version, compared with the requests to the stand-in."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.real_cli import answers, invented
from tests.real_cli.sameness import differences, ids_in_base64
from tests.real_cli.sessions import SESSIONS, VERSIONS, Run
from wirelore.model.exchange import Exchange
from wirelore.store.writer import Capture

pytestmark = [pytest.mark.cli, pytest.mark.parametrize("version", VERSIONS)]
every_session = pytest.mark.parametrize("session", SESSIONS)
Recorded = Callable[[str, str], Run]


@every_session
def test_the_client_succeeds_and_the_capture_is_complete(recorded: Recorded, version: str, session: str) -> None:
    run = recorded(version, session)
    assert (run.code, run.said.strip()) == (0, answers.REPLY), run.noted
    assert Capture(run.capture).manifest["status"] == "complete"


@every_session
def test_every_request_to_the_stand_in_is_recorded_byte_for_byte(
    recorded: Recorded, version: str, session: str
) -> None:
    run = recorded(version, session)
    assert len(run.seen) > 0
    assert differences(run.seen, Capture(run.capture).exchanges(), run.key) == []


@every_session
def test_no_part_of_an_invented_secret_is_in_any_file_of_the_capture(
    recorded: Recorded, version: str, session: str
) -> None:
    run = recorded(version, session)
    names = "\n".join(str(path.relative_to(run.captures)) for path in run.captures.rglob("*")).encode()
    contents = {path: path.read_bytes() for path in run.captures.rglob("*") if path.is_file()}
    contents[Path("the files' names")] = names
    leaks = {(name, path) for name, part in invented.parts() for path, content in contents.items() if part in content}
    assert leaks == set()


@every_session
def test_no_id_that_the_client_hid_in_base64_is_in_any_file_of_the_capture(
    recorded: Recorded, version: str, session: str
) -> None:
    run = recorded(version, session)
    ids = {one.decode() for part in _sent(run) for one in ids_in_base64(part)}
    if version == "2.1.329" and session == "telemetry":
        assert ids != set(), "without an id in base64 this would prove nothing"
    forms = {form for one in ids for _, form in invented.forms("id", one)}
    contents = {path: path.read_bytes() for path in run.captures.rglob("*") if path.is_file()}
    leaks = {(form, path) for form in forms for path, content in contents.items() if form in content}
    assert leaks == set()


@every_session
def test_the_secrets_were_sent(recorded: Recorded, version: str, session: str) -> None:
    """Without sent secrets, the test above would prove nothing."""
    sent = b"\n".join(_sent(recorded(version, session)))
    expected = {"ort1", "oat2"} if SESSIONS[session].oauth else {"key"}
    assert {name for name, token in invented.TOKENS.items() if str(token).encode() in sent} >= expected
    assert {"user id", "session", "home"} <= {name for name, value in invented.IDS.items() if value.encode() in sent}


@every_session
def test_analyze_and_report_run_through(recorded: Recorded, version: str, session: str, tmp_path: Path) -> None:
    run = recorded(version, session)
    analyzed = run.wirelore("analyze", str(run.capture), "--format", "json", "-o", str(tmp_path / "findings.json"))
    assert analyzed.returncode in (0, 1), analyzed.stderr
    assert isinstance(json.loads((tmp_path / "findings.json").read_bytes()), dict)
    reported = run.wirelore("report", str(run.capture), "-o", str(tmp_path / "report"))
    assert reported.returncode == 0, reported.stderr
    assert list((tmp_path / "report").rglob("*.md")) != []


def test_an_expired_token_is_refreshed_and_both_tokens_are_known_to_differ(recorded: Recorded, version: str) -> None:
    (refresh,) = [exchange for exchange in _exchanges(recorded(version, "oauth")) if exchange.category == "oauth"]
    assert (refresh.operation, refresh.response and refresh.response.status) == ("POST /v1/oauth/token", 200)
    tokens = refresh.facts["tokens"]
    assert (tokens["access_token"]["kind"], tokens["refresh_token"]["rotated"]) == ("oat01", True)


@pytest.mark.parametrize(("session", "result"), [("bash", b"from-bash-42"), ("mcp", b"hello")])
def test_the_tool_s_result_is_sent_back(recorded: Recorded, version: str, session: str, result: bytes) -> None:
    (_, last) = _conversation(recorded(version, session), version)
    contents = [message["content"] for message in last.request.document.value["messages"]]
    blocks = [block for content in contents if isinstance(content, list) for block in content]
    (returned,) = [block["content"] for block in blocks if block["type"] == "tool_result"]
    assert result in json.dumps(returned).encode()


def test_a_refusal_for_overload_and_the_success_after_it_are_both_recorded(recorded: Recorded, version: str) -> None:
    conversation = _conversation(recorded(version, "overloaded"), version)
    assert [exchange.response and exchange.response.status for exchange in conversation] == [529, 200]
    assert conversation[0].category == "errors"


def test_telemetry_is_recorded_when_it_is_on(recorded: Recorded, version: str) -> None:
    quiet, loud = (recorded(version, session) for session in ("plain", "telemetry"))
    assert len(loud.seen) > len(quiet.seen)
    assert _operations(loud) > _operations(quiet)


def _exchanges(run: Run) -> list[Exchange]:
    return list(Capture(run.capture).exchanges())


def _operations(run: Run) -> set[str]:
    return {exchange.operation for exchange in _exchanges(run)}


def _conversation(run: Run, version: str) -> list[Exchange]:
    """The exchanges of the conversation itself, not those that the CLI has beside it."""
    messages = [exchange for exchange in _exchanges(run) if exchange.operation == "POST /v1/messages"]
    return [each for each in messages if each.request.document.value["model"] == VERSIONS[version]]


def _sent(run: Run) -> list[bytes]:
    return [part for seen in run.seen for part in (seen.body, "\n".join(value for _, value in seen.headers).encode())]
