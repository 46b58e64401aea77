"""The workflows of the code host run the suites that the Makefile has, and one check waits for all of them."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.project import ROOT, settings

FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
WORKFLOWS: dict[str, dict[str, Any]] = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in FILES}
TARGETS = re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
SUITES = {name for name in TARGETS if name.startswith("test-")} | {"test", "demo", "lint", "wheel", "fuzz"}
NOT_RUN = {"test-all"}
"""`test` and `test-slow` as one command; the workflows run them one after the other."""


def _run_targets(workflow: dict[str, Any]) -> set[str]:
    """Return the make targets that the jobs of a workflow run; a matrix is expanded."""
    targets: set[str] = set()
    for job in workflow["jobs"].values():
        values = job.get("strategy", {}).get("matrix", {})
        for step in job["steps"]:
            line = step.get("run", "")
            lines = [line.replace(f"${{{{ matrix.{name} }}}}", item) for name in values for item in values[name]] or [
                line
            ]
            targets |= {match[1] for text in lines if (match := re.search(r"\bmake ([a-z0-9-]+)", text))}
    return targets


def test_together_the_workflows_run_every_suite_and_nothing_that_does_not_exist() -> None:
    run = {name for workflow in WORKFLOWS.values() for name in _run_targets(workflow)}
    assert run - set(TARGETS) == set()
    assert SUITES - run == NOT_RUN


def test_the_required_check_waits_for_every_other_job() -> None:
    jobs = WORKFLOWS["ci"]["jobs"]
    assert set(jobs["required"]["needs"]) == set(jobs) - {"required"}
    assert jobs["required"]["if"] == "always()"


@pytest.mark.parametrize(
    ("results", "code"), [("success skipped", 0), ("success failure", 1), ("cancelled success", 1)]
)
def test_the_required_check_fails_if_a_job_failed_or_was_cancelled(results: str, code: int) -> None:
    (step,) = WORKFLOWS["ci"]["jobs"]["required"]["steps"]
    run = subprocess.run(["bash", "-ec", step["run"]], env={"RESULTS": results}, capture_output=True, check=False)
    assert run.returncode == code


def test_a_change_is_tested_on_every_supported_python() -> None:
    versions = [
        line.rpartition(" ")[2]
        for line in settings()["project"]["classifiers"]
        if re.fullmatch(r"Programming Language :: Python :: 3\.\d+", line)
    ]
    assert WORKFLOWS["ci"]["jobs"]["test"]["strategy"]["matrix"]["python"] == versions


def test_every_step_of_the_local_check_exists() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    named = {
        name
        for line in re.findall(r"^(?:step make|pair) (.*)", script, re.MULTILINE)
        for name in re.findall(r"[a-z0-9-]+", line)
    }
    assert named - set(TARGETS) == set()
    assert named <= {name for workflow in WORKFLOWS.values() for name in _run_targets(workflow)}


@pytest.mark.parametrize(
    ("changed", "printed"),
    [
        (["docs/record.md"], "false"),
        (["README.md", "docs/pictures/analyze.svg"], "false"),
        (["docs/record.md", "wirelore/page.py"], "true"),
        (["requirements/README.md"], "true"),
    ],
)
def test_only_a_change_outside_the_documentation_runs_the_suites(
    tmp_path: Path, changed: list[str], printed: str
) -> None:
    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=Ada", "-c", "user.email=ada@mail.test")
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True)

    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "changed", tmp_path / ".ci" / "changed")
    git("init", "--quiet")
    git("add", "--all")
    git("commit", "--quiet", "--message", "one")
    for name in changed:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("changed\n")
    git("add", "--all")
    git("commit", "--quiet", "--message", "two")
    for commit, expected in (("HEAD~1", printed), ("0" * 40, "true")):
        run = subprocess.run([str(tmp_path / ".ci" / "changed"), commit], capture_output=True, text=True, check=True)
        assert run.stdout == f"{expected}\n"
