"""Third-party analyzers in a folder or an installed distribution, and the messages about faulty ones."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.exchanges import exchange, written_capture
from tests.project import ROOT
from wirelore.schema.library import BASE, DIALECT

MODULE = '''"""Via headers: which proxies stand between.

Why it matters
    A proxy may change what passes.

What is observed
    The values of `via`.

What is a finding
    Any of them.
"""

from wirelore import Exchange, Observation, analyzer


@analyzer(about="response", needs={"response-headers"})
def observe(exchange: Exchange) -> Observation | None:
    """The proxies that the response names."""
    values = exchange.response.headers.all("via") if exchange.response else []
    return {"values": values} if values else None
'''

SCHEMA = {
    "$schema": DIALECT,
    "$id": BASE + "via.json",
    "title": "Via headers",
    "type": "object",
    "properties": {"values": {"type": "array", "items": {"enum": ["1.1 known"]}}},
    "x-rules": {},
    "x-learn": False,
}


def _home(folder: Path, module: str = MODULE, schema: object = SCHEMA, name: str = "via") -> Path:
    folder.mkdir(parents=True)
    (folder / f"{name}.py").write_text(module)
    if schema is not None:
        (folder / f"{name}.json").write_text(json.dumps(schema))
    return folder


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    answered = exchange({"a": 1}, {"b": 1}, answer_headers=[("via", "1.1 strange")])
    return written_capture(tmp_path / "one", answered).folder


def _run(*arguments: object, **more: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "wirelore", *map(str, arguments)]
    env = {**os.environ, **more}
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=env)


def _rules(process: "subprocess.CompletedProcess[str]") -> set[str]:
    return {one["rule"] for one in json.loads(process.stdout)["findings"]}


@pytest.mark.slow
def test_analyzers_of_a_folder_run_like_the_packaged_ones(tmp_path: Path, capture: Path) -> None:
    home = _home(tmp_path / "mine")
    plain = _run("analyze", capture, "--format", "json")
    with_option = _run("analyze", capture, "--format", "json", "--analyzers", home)
    with_variable = _run("analyze", capture, "--format", "json", WIRELORE_ANALYZERS=str(home))
    assert _rules(with_option) - _rules(plain) == {"via/new-value"}
    assert _rules(with_variable) == _rules(with_option)


def test_a_rule_of_a_third_party_analyzer_is_explained(tmp_path: Path) -> None:
    process = _run("explain", "via/new-value", "--analyzers", _home(tmp_path / "mine"))
    assert process.returncode == 0
    assert "A proxy may change what passes." in process.stdout


def test_observations_of_a_folders_analyzer_are_compared(tmp_path: Path, capture: Path) -> None:
    other = exchange({"a": 1}, {"b": 1}, answer_headers=[("via", "1.1 other")])
    after = written_capture(tmp_path / "two", other).folder
    process = _run("diff", capture, after, "--format", "json", "--analyzers", _home(tmp_path / "mine"))
    assert {one["place"] for one in json.loads(process.stdout)["differences"]} >= {"via#/values/*"}


@pytest.mark.parametrize("jobs", [1, 2])
def test_observations_of_a_folders_analyzer_are_learned_in_the_users_schemas(
    tmp_path: Path, capture: Path, jobs: int
) -> None:
    free = {**SCHEMA, "properties": {}, "x-learn": {}}
    home = _home(tmp_path / "mine", schema=free)
    process = _run("learn", capture, "--schemas", tmp_path / "s", "--only", "via", "--analyzers", home, "--jobs", jobs)
    assert process.returncode == 0, process.stderr
    learned = json.loads((tmp_path / "s" / "via.json").read_text())
    assert learned["properties"]["values"]["type"] == "array"
    assert json.loads((home / "via.json").read_text()) == free


@pytest.mark.parametrize(
    ("module", "schema", "name", "message"),
    [
        pytest.param("x = 1\n", SCHEMA, "via", "via.py: 0 analyzers in", id="no analyzer"),
        pytest.param(
            "raise RuntimeError('no')\n", SCHEMA, "via", "via.py: RuntimeError: no; fix the module", id="it raises"
        ),
        pytest.param("def f(:\n", SCHEMA, "via", "via.py: SyntaxError: ", id="not Python"),
        pytest.param(MODULE, None, "via", "via.py: no schema; expected ", id="no schema"),
        pytest.param(MODULE, SCHEMA, "retries", "duplicate id retries, also in wirelore itself", id="taken"),
    ],
)
def test_a_faulty_analyzer_is_reported_in_one_line_without_traceback(
    tmp_path: Path, module: str, schema: object, name: str, message: str
) -> None:
    home = _home(tmp_path / "mine", module, schema, name)
    process = _run("analyze", "captures/samples/messages", "--analyzers", home)
    assert (process.returncode, process.stdout) == (2, "")
    assert message in process.stderr
    assert process.stderr.count("\n") == 1


def test_a_folder_without_analyzers_is_an_error(tmp_path: Path) -> None:
    process = _run("analyze", "captures/samples/messages", "--analyzers", tmp_path)
    assert (process.returncode, process.stderr.partition(": ")[2]) == (
        2,
        f"{tmp_path}: no analyzers; expected a Python file for each analyzer\n",
    )


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    process = _run("analyze", "captures/samples/messages", "--analyzers", tmp_path / "none")
    assert (process.returncode, process.stdout) == (2, "")
    assert (
        f"{tmp_path / 'none'}: not a folder; expected a folder with a Python file for each analyzer" in process.stderr
    )


@pytest.mark.parametrize(
    "raising",
    ["    raise KeyError('x')", "    return ({}[1] for _ in 'x')"],
    ids=["at once", "while its observations are drawn"],
)
def test_an_analyzer_that_raises_is_reported_in_one_line_with_the_exchange(
    tmp_path: Path, capture: Path, raising: str
) -> None:
    module = MODULE.replace('needs={"response-headers"}', 'needs={"response-headers"}, several=True')
    module = module[: module.index("    values = ")] + raising + "\n"
    process = _run("analyze", capture, "--analyzers", _home(tmp_path / "mine", module))
    assert (process.returncode, process.stdout, process.stderr.count("\n")) == (2, "", 1)
    assert "analyzer via: KeyError: " in process.stderr
    assert "at one/messages/" in process.stderr


def test_verbose_names_the_folders_of_analyzers(tmp_path: Path, capture: Path) -> None:
    home = _home(tmp_path / "mine")
    assert f"analyzers  {home}\n" in _run("analyze", capture, "-v", "--analyzers", home).stderr


PROJECT = """
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "wirelore-via"
version = "1"

[project.entry-points."wirelore.analyzers"]
via = "wirelore_via"

[tool.setuptools]
packages = ["wirelore_via"]
package-data = { wirelore_via = ["*.json"] }
"""


@pytest.mark.slow
def test_an_installed_distribution_adds_its_analyzers(tmp_path: Path, capture: Path) -> None:
    source = _home(tmp_path / "source" / "wirelore_via")
    (source / "__init__.py").write_text("")
    (tmp_path / "source" / "pyproject.toml").write_text(PROJECT)
    site = tmp_path / "site"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--target", str(site), str(tmp_path / "source")], check=True)
    assert "via/new-value" in _rules(_run("analyze", capture, "--format", "json", PYTHONPATH=str(site)))
    (site / "wirelore_via" / "via.py").write_text("raise RuntimeError('no')\n")
    broken = _run("analyze", capture, PYTHONPATH=str(site))
    assert broken.returncode == 2
    assert (
        "entry point via = wirelore_via of wirelore-via: RuntimeError: no; fix the module or uninstall the"
        in broken.stderr
    )
