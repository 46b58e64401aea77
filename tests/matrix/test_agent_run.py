"""One run of a scenario, with the real recorder and a shell as the client: whatever happens, it is said what did."""

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.leash import Leash
from tests.project import ROOT
from wirelore.matrix.agent_client import parsed
from wirelore.matrix.agent_run import Outcome, Run, Status
from wirelore.matrix.agent_scenario import load
from wirelore.redaction import keys
from wirelore.store.writer import Capture

_DOES = "mine=/bin/sh -c {prompt}"
"""The client does what it is asked, as a shell."""
_ASKS = f"{sys.executable} {ROOT / 'tests' / 'made_agent.py'} Hello"
_ANSWERED: dict[str, Any] = {"turns": [{"asked": "Hello", "answer": [{"type": "text", "text": "Greetings"}]}]}


def ran(leash: Leash, *prompts: Any, client: str = _DOES, deadline_s: float = 60, **members: Any) -> Outcome:
    """What came of a scenario of these prompts or steps, recorded beside the leash."""
    folder = leash.path.parent
    source = folder / f"of-test-{os.getpid()}.json"  # two runs of one scenario would wait for each other
    steps = [prompt if isinstance(prompt, dict) else {"prompt": prompt} for prompt in prompts]
    source.write_text(json.dumps({"about": "A test.", "steps": steps, **members}))
    keys.load(folder / "redaction.key")
    run = Run(
        client=parsed(client),
        scenario=load(source),
        source=source,
        executable=None,
        labels={"scenario": "of-a-test"},
        key=folder / "redaction.key",
        leash=leash.path,
        stopped=threading.Event(),
        deadline_s=deadline_s,
    )
    return run.into(folder / "capture")


def test_a_run_in_which_all_happened_that_should_is_recorded(tmp_path: Path, leash: Leash) -> None:
    steps = [{"prompt": "echo unknown option --garden"}, {"prompt": _ASKS, "says": "^Greetings$"}]
    expected = [{"operation": "POST /v1/messages", "status": 200, "request": "Hello in "}]
    assert ran(leash, *steps, expect=expected, unsupported=["--garden"], **_ANSWERED) == Outcome("recorded")
    capture = Capture(tmp_path / "capture")
    assert [exchange.operation for exchange in capture.exchanges()] == ["POST /v1/messages"]
    assert capture.manifest["options"]["labels"] == {"scenario": "of-a-test"}


_NO_GARDEN = "echo error: unknown option --garden >&2; exit 1"
_UNMET: dict[str, Any] = {
    "expect": [
        {"operation": "POST /v1/messages", "status": 200, "request": "Bye in "},
        {"operation": ["POST /v1/messages", "GET /a"], "at_least": 0, "at_most": 0},
        {"operation": "POST /v1/messages"},
    ]
}
_THERE = "there was: POST /v1/messages 200 (1)"


@pytest.mark.parametrize(
    ("prompts", "members", "outcome"),
    [
        (
            ["true", {"prompt": "echo no >&2; exit 4", "exit": [0, 3]}, "true"],
            {},
            ("failed", "step 2: exit code 4, expected 0 or 3; it said: no"),
        ),
        (
            [{"prompt": "exit 3", "exit": [0, 3]}, {"prompt": "echo Good night", "says": "^Good day"}],
            {},
            ("failed", "step 2: standard output does not match '^Good day'; it said: Good night"),
        ),
        (["kill -9 $$"], {}, ("failed", "step 1: exit code 137, expected 0; it said nothing")),
        ([_NO_GARDEN], {"unsupported": ["option --garden"]}, ("not-supported", "error: unknown option --garden")),
        (
            ["printf '%0999d' 0; exit 1"],
            {"unsupported": ["option --garden"]},
            ("failed", f"step 1: exit code 1, expected 0; it said: ...{'0' * 400}"),
        ),
        (
            ["echo so far; exec sleep 300"],
            {"deadline_s": 10},
            ("failed", "step 1: ended at the deadline of 10 s; it said: so far"),
        ),
        (
            [_ASKS],
            {**_ANSWERED, **_UNMET},
            (
                "failed",
                "expect[0]: expected at least 1 of POST /v1/messages 200 with a request that matches 'Bye in ', "
                f"found 0; {_THERE}; "
                f"expect[1]: expected at least 0, at most 0 of POST /v1/messages or GET /a, found 1; {_THERE}",
            ),
        ),
    ],
    ids=lambda value: value[1][:30] or value[0] if isinstance(value, tuple) else None,
)
def test_however_a_run_ends_it_is_said_how(
    leash: Leash, prompts: list[Any], members: dict[str, Any], outcome: tuple[Status, str]
) -> None:
    assert ran(leash, *prompts, **members) == Outcome(*outcome)


def test_a_client_that_cannot_be_started_is_a_failure_with_the_reason(tmp_path: Path, leash: Leash) -> None:
    agent = tmp_path / "agent"
    agent.write_text("#!/nowhere/interpreter\n")
    agent.chmod(0o700)
    reason = f"step 1: could not be started: [Errno 2] No such file or directory: '{agent}'"
    assert ran(leash, "Hello", client=f"mine={agent} {{prompt}}") == Outcome("failed", reason)


def test_a_client_without_a_place_for_what_a_step_needs_is_not_run(tmp_path: Path, leash: Leash) -> None:
    outcome = ran(leash, {"prompt": "Hello", "model": "opus"})
    assert outcome == Outcome("not-supported", "the scenario needs {model}, which the command does not have")
    assert not (tmp_path / "capture").exists()


def test_a_run_that_is_let_go_ends_its_client_and_says_that_it_was_stopped(tmp_path: Path, leash: Leash) -> None:
    begun = tmp_path / "begun"

    def let_go() -> None:
        while not begun.exists():
            time.sleep(0.02)
        leash.let_go()

    threading.Thread(target=let_go, daemon=True).start()
    assert ran(leash, f"echo $$ > {begun}.part; mv {begun}.part {begun}; exec sleep 300") == Outcome("stopped")
    with pytest.raises(ProcessLookupError):
        os.kill(int(begun.read_text()), 0)


def test_what_the_client_is_given_is_what_the_scenario_says_and_nothing_of_ours(
    tmp_path: Path, leash: Leash, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OF_THE_USER", "private")
    told = tmp_path / "told"
    step = {"prompt": f"(pwd; cat notes.txt; env | sed 's/=.*//' | sort) > {told}"}
    given: dict[str, Any] = {"files": {"notes.txt": {"text": "A note.\n"}}, "environment": {"OF_THE_SCENARIO": "1"}}
    assert ran(leash, step, **given) == Outcome("recorded")
    work, note, *variables = told.read_text().splitlines()
    assert (Path(work).name, Path(work).exists(), note) == ("work", False, "A note.")
    assert variables == [
        "ANTHROPIC_API_KEY",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC",
        "CLAUDE_CODE_MAX_RETRIES",
        "CLAUDE_CONFIG_DIR",
        "CURL_CA_BUNDLE",
        "HOME",
        "HTTPS_PROXY",
        "HTTP_PROXY",
        "LANG",
        "NODE_EXTRA_CA_CERTS",
        "OF_THE_SCENARIO",
        "PATH",
        "PWD",
        "REQUESTS_CA_BUNDLE",
        "SHELL",
        "SSL_CERT_FILE",
        "TERM",
        "TMPDIR",
        "http_proxy",
        "https_proxy",
    ]
