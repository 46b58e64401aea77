"""The example in CONTRIBUTING.md: its three files are an analyzer that the tests over the registry accept."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project import ROOT, sources

pytestmark = pytest.mark.slow

FILES = re.compile(r"^### The (?:module|schema|test): `([^`\n]+)`$.*?^```[a-z]+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
"""A heading with the path of a file, and the first block of code below it."""

REGISTRY = [
    "tests/analysis/test_contract.py",
    "tests/analysis/test_withheld.py",
    "tests/analysis/test_analyzer_reference.py",
    "tests/compare/test_captures.py",
    "tests/skeleton/test_skeleton_copy.py::test_the_findings_are_those_of_the_capture_except_for_unknown_names",
]
"""The tests that apply to all analyzers."""


def printed() -> dict[str, str]:
    """Return the files of the example by path."""
    return dict(FILES.findall((ROOT / "CONTRIBUTING.md").read_text("utf-8")))


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a Python module in a copy of the project."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project with the example's files and a regenerated reference."""
    folder = tmp_path / "project"
    for name in sources():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    for path, content in printed().items():
        assert not (folder / path).exists()
        (folder / path).write_text(content, "utf-8")
    makefile = (ROOT / "Makefile").read_text("utf-8")
    (script,) = re.findall(r"-c '([^']*analyzer_reference[^']*)' > docs/analyzers\.md\.new", makefile)
    written = run(folder, "-c", script)
    assert written.stderr == ""
    (folder / "docs" / "analyzers.md").write_text(written.stdout, "utf-8")
    return folder


def test_the_page_prints_a_module_a_schema_and_a_test() -> None:
    assert list(printed()) == [
        "analyzers/retry_advice.py",
        "schemas/retry-advice.json",
        "tests/analyzers/test_retry_advice.py",
    ]


def test_the_printed_files_are_all_that_a_new_analyzer_needs(project: Path) -> None:
    result = run(
        project, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/analyzers/test_retry_advice.py", *REGISTRY
    )
    assert result.returncode == 0, result.stdout
    assert "retry-advice" in run(project, "-m", "wirelore", "explain", "retry-advice/unclear-advice").stdout
    assert "## retry-advice\n" in (project / "docs" / "analyzers.md").read_text("utf-8")
    check = ("-m", "ruff", "check", *(path for path in printed() if path.endswith(".py")))
    assert run(project, *check).stdout == "All checks passed!\n"
    assert run(project, "-m", "ruff", "format", "--check", *check[3:]).returncode == 0


def test_an_analyzer_whose_test_lists_no_exchange_that_it_observes_is_told_what_to_do(project: Path) -> None:
    test = project / "tests" / "analyzers" / "test_retry_advice.py"
    test.write_text(test.read_text("utf-8").replace("OBSERVED = ", "UNUSED = "), "utf-8")
    result = run(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", REGISTRY[1], "-k", "complete_source")
    assert result.returncode == 1
    assert "list an exchange that retry-advice observes as OBSERVED in its test module" in result.stdout
