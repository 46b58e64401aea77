"""The content and commands of an installed Wirelore; also run against the wheel, without the sources."""

import importlib
import importlib.metadata
import json
import os
import pkgutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import wirelore
from wirelore.analysis.registry import registry
from wirelore.cli.main import main
from wirelore.model import packaged
from wirelore.store.reader import Capture, is_capture

pytestmark = pytest.mark.slow

INSTALLED = bool(os.environ.get("WIRELORE_INSTALLED"))
MODULES = sorted(
    one.name for one in pkgutil.walk_packages(wirelore.__path__, "wirelore.") if "__main__" not in one.name
)
HOSTILE = ("addons", "analyzers", "captures", "clients", "commands", "reports", "schemas", "tests")
"""Names of packages in a user's project that are or were also folders of this project."""


def _run(
    *arguments: str, folder: Path | None = None, env: dict[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "wirelore", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, cwd=folder, env=env
    )


def _script() -> Path:
    return Path(sysconfig.get_path("scripts")) / "wirelore"


@pytest.mark.parametrize("name", MODULES)
def test_a_module_can_be_imported(name: str) -> None:
    module = importlib.import_module(name)
    if INSTALLED:
        assert Path(str(module.__file__)).is_relative_to(sysconfig.get_path("purelib"))


@pytest.mark.skipif(not INSTALLED, reason="needs an environment with only the wheel; make wheel runs it")
def test_nothing_is_installed_but_one_package_and_its_metadata() -> None:
    files = importlib.metadata.files("wirelore") or []
    tops = {name.parts[0] for name in files if name.parts[0] != ".."}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"wirelore"}


def test_the_help_names_every_command() -> None:
    done = _run("--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert [name for name in main.commands if f"  {name} " not in done.stdout] == []


@pytest.mark.parametrize("command", sorted(main.commands))
def test_a_command_has_help(command: str) -> None:
    with click.Context(main, info_name="wirelore") as context:
        shown = main.commands[command].get_help(
            click.Context(main.commands[command], parent=context, info_name=command)
        )
    assert shown.startswith(f"Usage: wirelore {command}")


@pytest.mark.skipif(not _script().is_file(), reason="the script is there once the project is installed")
def test_the_script_prints_the_version() -> None:
    done = subprocess.run([_script(), "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.split()[-1] == importlib.metadata.version("wirelore")


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A project with packages named like our folders, each of which fails when imported."""
    for name in HOSTILE:
        (tmp_path / name).mkdir()
        for module in ("__init__", "record", "beta_flags", "model"):
            (tmp_path / name / f"{module}.py").write_text(f"raise ImportError('the project\\'s own {name}')\n")
    return tmp_path


def _session(*command: str, folder: Path, **more: str) -> None:
    """Analyze a packaged sample in a folder, and check the result."""
    sample = str(packaged.SAMPLES / "messages")
    line = [*command, "analyze", sample, "--format", "json"]
    done = subprocess.run(line, capture_output=True, text=True, cwd=folder, env={**os.environ, **more}, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["exchanges"] > 0


def test_the_module_works_inside_a_project_that_has_packages_of_our_folders_names(hostile: Path) -> None:
    _session(sys.executable, "-m", "wirelore", folder=hostile)
    _session(sys.executable, "-m", "wirelore", folder=hostile, PYTHONPATH=".")


@pytest.mark.skipif(not _script().is_file(), reason="the script is there once the project is installed")
def test_the_script_works_inside_a_project_that_has_packages_of_our_folders_names(hostile: Path) -> None:
    _session(str(_script()), folder=hostile)
    _session(str(_script()), folder=hostile, PYTHONPATH=".")


def test_a_recording_works_inside_a_project_that_has_packages_of_our_folders_names(hostile: Path) -> None:
    env = {**os.environ, "PYTHONPATH": ".", "XDG_DATA_HOME": str(hostile / "data")}
    arguments = ["record", "--captures", str(hostile / "made"), "--name", "one", "--", "true"]
    done = _run(*arguments, folder=hostile, env=env)
    assert done.returncode == 0, done.stderr
    assert is_capture(hostile / "made" / "one")


def _json_files() -> Iterator[Path]:
    yield from packaged.SCHEMAS.glob("*.json")
    yield from (Path(folder) / "redaction" / "secrets.json" for folder in wirelore.__path__)


def test_the_packaged_rules_exist_and_are_json() -> None:
    documents = {path.name: json.loads(path.read_bytes()) for path in _json_files()}
    assert {"routes.json", "changes.json", "secrets.json", "stream-assembly.json", "error-responses.json"} <= set(
        documents
    )
    assert all(documents.values())


def test_every_analyzer_has_its_schema() -> None:
    assert set(registry()) == {path.stem.replace("_", "-") for path in packaged.ANALYZERS.glob("*.py")}
    assert set(registry()) - {path.stem for path in packaged.SCHEMAS.glob("*.json")} == set()
    assert len(registry()) >= 14


def test_every_packaged_sample_can_be_read_to_its_last_byte() -> None:
    samples = [folder for folder in sorted(packaged.SAMPLES.iterdir()) if is_capture(folder)]
    assert samples
    for folder in samples:
        capture = Capture(folder)
        exchanges = list(capture.exchanges())
        assert len(exchanges) == len(capture) > 0
        for exchange in exchanges:
            assert len(exchange.request.body.read()) == exchange.request.body.size
            if exchange.response:
                assert len(exchange.response.body.read()) == exchange.response.body.size


def test_nothing_was_recorded_into_the_installed_packages() -> None:
    if INSTALLED:
        assert not (packaged.ROOT / "captures" / "local").exists()


@pytest.mark.parametrize("name", ["record", "route"])
def test_the_addons_are_files_that_mitmdump_can_load(name: str) -> None:
    assert (packaged.ADDONS / f"{name}.py").is_file()
