"""One run of a scenario, with the real recorder and a shell as the client: the outcome of each kind of ending."""

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

pytestmark = pytest.mark.slow

_SHELL = "mine=/bin/sh -c {prompt}"
"""A client that runs its prompt as a shell command."""
_ASKS = f"{sys.executable} {ROOT / 'tests' / 'sample_agent.py'} Hello"
_ANSWERED: dict[str, Any] = {"turns": [{"asked": "Hello", "answer": [{"type": "text", "text": "Greetings"}]}]}


def ran(leash: Leash, *prompts: Any, client: str = _SHELL, deadline_s: float = 60, **members: Any) -> Outcome:
    """Run a scenario with these prompts or steps, recorded beside the leash, and return the outcome."""
    folder = leash.path.parent
    source = folder / f"of-test-{os.getpid()}.json"  # runs of the same scenario wait for each other
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


def test_a_run_that_meets_all_expectations_is_recorded(tmp_path: Path, leash: Leash) -> None:
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
_RECORDED = "recorded: POST /v1/messages 200 (1)"


@pytest.mark.parametrize(
    ("prompts", "members", "outcome"),
    [
        (
            ["true", {"prompt": "echo no >&2; exit 4", "exit": [0, 3]}, "true"],
            {},
            ("failed", "step 2: exit code 4, expected 0 or 3; output: no"),
        ),
        (
            [{"prompt": "exit 3", "exit": [0, 3]}, {"prompt": "echo Good night", "says": "^Good day"}],
            {},
            ("failed", "step 2: standard output does not match '^Good day'; output: Good night"),
        ),
        (["kill -9 $$"], {}, ("failed", "step 1: exit code 137, expected 0; no output")),
        ([_NO_GARDEN], {"unsupported": ["option --garden"]}, ("not-supported", "error: unknown option --garden")),
        (
            ["printf '%0999d' 0; exit 1"],
            {"unsupported": ["option --garden"]},
            ("failed", f"step 1: exit code 1, expected 0; output: ...{'0' * 400}"),
        ),
        (
            ["echo so far; exec sleep 300"],
            {"deadline_s": 10},
            ("failed", "step 1: stopped at the deadline of 10 s; output: so far"),
        ),
        (
            [_ASKS],
            {**_ANSWERED, **_UNMET},
            (
                "failed",
                "expect[0]: expected at least 1 of POST /v1/messages 200 with a request that matches 'Bye in ', "
                f"found 0; {_RECORDED}; "
                f"expect[1]: expected at least 0, at most 0 of POST /v1/messages or GET /a, found 1; {_RECORDED}",
            ),
        ),
    ],
    ids=lambda value: value[1][:30] or value[0] if isinstance(value, tuple) else None,
)
def test_the_outcome_says_how_a_run_ended(
    leash: Leash, prompts: list[Any], members: dict[str, Any], outcome: tuple[Status, str]
) -> None:
    assert ran(leash, *prompts, **members) == Outcome(*outcome)


def test_a_client_that_cannot_be_started_is_a_failure_with_the_reason(tmp_path: Path, leash: Leash) -> None:
    agent = tmp_path / "agent"
    agent.write_text("#!/nowhere/interpreter\n")
    agent.chmod(0o700)
    reason = f"step 1: could not start: [Errno 2] No such file or directory: '{agent}'"
    assert ran(leash, "Hello", client=f"mine={agent} {{prompt}}") == Outcome("failed", reason)


def test_a_client_that_does_not_support_a_step_is_not_run(tmp_path: Path, leash: Leash) -> None:
    outcome = ran(leash, {"prompt": "Hello", "model": "opus"})
    assert outcome == Outcome("not-supported", "the scenario needs {model}, which is missing from the command")
    assert not (tmp_path / "capture").exists()


def test_a_run_whose_leash_is_closed_ends_its_client_and_is_stopped(tmp_path: Path, leash: Leash) -> None:
    started = tmp_path / "started"

    def close_when_started() -> None:
        while not started.exists():
            time.sleep(0.02)
        leash.close()

    threading.Thread(target=close_when_started, daemon=True).start()
    assert ran(leash, f"echo $$ > {started}.part; mv {started}.part {started}; exec sleep 300") == Outcome("stopped")
    with pytest.raises(ProcessLookupError):
        os.kill(int(started.read_text()), 0)


def test_the_client_gets_the_scenario_s_files_and_variables_and_none_of_this_process(
    tmp_path: Path, leash: Leash, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OF_THE_USER", "private")
    output = tmp_path / "output"
    step = {"prompt": f"(pwd; cat notes.txt; env | sed 's/=.*//' | sort) > {output}"}
    members: dict[str, Any] = {"files": {"notes.txt": {"text": "A note.\n"}}, "environment": {"OF_THE_SCENARIO": "1"}}
    assert ran(leash, step, **members) == Outcome("recorded")
    work, note, *variables = output.read_text().splitlines()
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
