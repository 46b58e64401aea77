"""The matrix of all scenarios: recorded or not supported, resumed, interrupted."""

import json
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.real_matrix.conftest import NEEDS_ALL, REPEATS, VERSIONS, command, ran
from wirelore.matrix import identity
from wirelore.matrix.agent_scenario import packaged
from wirelore.model.wording import quantity
from wirelore.store.writer import Capture, find

pytestmark = pytest.mark.matrix
Done = subprocess.CompletedProcess[str]
_NOT_SUPPORTED = {
    (version, scenario): reason
    for version, scenario, reason in [("2.0.56", "effort-low", "error: unknown option '--effort'")]
    if version in VERSIONS
}


def _cells(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((folder / "matrix.json").read_bytes())["cells"]
    return found


def test_every_scenario_is_recorded_with_every_version_that_supports_it(done: Done, folder: Path) -> None:
    assert done.returncode == 0, done.stdout + done.stderr
    cells = _cells(folder)
    assert {cell["status"] for cell in cells} == {"recorded"} | ({"not-supported"} if _NOT_SUPPORTED else set())
    assert {(cell["version"], cell["scenario"], cell["repeat"]) for cell in cells} == {
        (version, scenario, repeat) for version in VERSIONS for scenario in packaged() for repeat in REPEATS
    }
    without = {(cell["version"], cell["scenario"]): cell["reason"] for cell in cells if "reason" in cell}
    assert without == _NOT_SUPPORTED


def test_every_recorded_cell_is_a_whole_capture_of_the_stand_in_with_its_labels(done: Done, folder: Path) -> None:
    recorded = [cell for cell in _cells(folder) if cell["status"] == "recorded"]
    captures = {capture.folder.relative_to(folder).as_posix(): capture for capture in find(str(folder), folder)}
    assert set(captures) == {cell["capture"] for cell in recorded}
    for cell in recorded:
        manifest = captures[cell["capture"]].manifest
        labels = {name: str(cell[name]) for name in ("client", "version", "scenario", "repeat")}
        assert (manifest["status"], manifest["options"]["labels"]) == ("complete", labels)
        assert manifest["options"]["answered_by"] == "stand-in"


def test_nothing_passed_by_the_stand_in(done: Done, folder: Path) -> None:
    manifests = [capture.manifest for capture in find(str(folder), folder)]
    assert {manifest["completeness"].get("not_decrypted", 0) for manifest in manifests} == {0}
    assert [manifest["passed_through"] for manifest in manifests if "passed_through" in manifest] == []


def test_no_invented_credential_is_in_any_file(done: Done, folder: Path) -> None:
    tokens = {identity.API_KEY, *identity.variables("oauth-environment").values()}
    tokens |= {identity.words()[name] for name in ("new_access", "new_refresh")}
    tokens |= {str((identity.subscription("oauth-file") or {})["refreshToken"])}
    secrets = [token.partition("FAKE-")[2][:20].encode() for token in tokens]
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert [path for path in files if any(secret in path.read_bytes() for secret in secrets)] == []


@NEEDS_ALL
@pytest.mark.parametrize("version", ["2.0.56", "2.1.112"])
def test_two_runs_of_a_version_send_the_same_conversation(done: Done, folder: Path, version: str) -> None:
    """The prompts contain the path of the working folder, so it must be the same."""
    first, second = (_asked(folder / f"claude-{version}" / f"claude-{version}_session-id_{n}") for n in (1, 2))
    assert first == second != []


def _asked(capture: Path) -> list[tuple[str, str]]:
    """Return the operation and the body's hash of each request of the conversation, in order."""
    exchanges = [each for each in Capture(capture).exchanges() if each.operation == "POST /v1/messages"]
    return [(each.operation, each.request.body.sha256) for each in exchanges if each.request.document.value["tools"]]


def test_a_second_run_runs_nothing_and_says_the_same(done: Done, folder: Path) -> None:
    before = (folder / "matrix.json").read_bytes()
    again = ran(folder)
    assert (again.returncode, again.stdout) == (0, done.stdout)
    assert again.stderr == f"{quantity(len(_cells(folder)), 'completed run')} skipped\n"
    assert (folder / "matrix.json").read_bytes() == before


def test_an_interrupted_matrix_leaves_nothing_running_and_goes_on_where_it_was(tmp_path: Path, done: Done) -> None:
    arguments = ["--scenario", "plain", "--scenario", "session-id", "--jobs", "1", "--repeat", "2"]
    line = command(tmp_path / "made", *arguments, versions=VERSIONS[:1])
    started = subprocess.Popen(line, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert started.stderr is not None
    assert started.stderr.readline() == f"[1/4] claude-{VERSIONS[0]}_plain_1  recorded\n"
    started.send_signal(signal.SIGINT)
    assert (started.stderr.read().splitlines()[-1:], started.wait(60)) == (["stopped"], 130)
    assert list(Path(tempfile.gettempdir()).glob("wirelore-stage-*-plain")) == []
    ended = len(_cells(tmp_path / "made"))
    assert ended < 4
    again = subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert (again.returncode, again.stderr.splitlines()[0]) == (0, f"{quantity(ended, 'completed run')} skipped")
    assert [cell["status"] for cell in _cells(tmp_path / "made")] == ["recorded"] * 4


def test_a_version_that_does_not_exist_is_a_column_that_failed(tmp_path: Path, done: Done) -> None:
    line = command(tmp_path, "--scenario", "plain", "--repeat", "1", versions=[VERSIONS[0], "0.0.0-none"])
    made = subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert made.returncode == 1
    assert made.stdout.splitlines()[1].split() == ["plain", "ok", "1/1", "FAILED", "0/1"]
    assert (
        "claude@0.0.0-none plain: failed: @anthropic-ai/claude-code@0.0.0-none: npm failed with exit code"
        in made.stdout
    )
