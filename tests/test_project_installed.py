"""What an installed Wirelore has, wherever it is; also run alone against the wheel, away from the sources."""

import importlib
import importlib.metadata
import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

PACKAGES = (
    "addons",
    "analyzers",
    "captures",
    "captures.importers",
    "clients",
    "commands",
    "reports",
    "schemas",
    "wirelore",
)
INSTALLED = bool(os.environ.get("WIRELORE_INSTALLED"))


def _folder(package: str) -> Path:
    return Path(next(iter(importlib.import_module(package).__path__)))


def _run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "wirelore", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


def _subcommands() -> list[str]:
    main = importlib.import_module("wirelore").main
    assert isinstance(main, click.Group)
    return sorted(main.commands)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_can_be_imported(package: str) -> None:
    module = importlib.import_module(package)
    place = Path(module.__file__ or next(iter(module.__path__)))
    if INSTALLED:
        assert place.is_relative_to(sysconfig.get_path("purelib"))


def test_the_help_names_every_command() -> None:
    done = _run("--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert [name for name in _subcommands() if f"  {name} " not in done.stdout] == []


@pytest.mark.parametrize("command", _subcommands())
def test_a_command_has_help(command: str) -> None:
    main = importlib.import_module("wirelore").main
    with click.Context(main, info_name="wirelore") as context:
        shown = main.commands[command].get_help(
            click.Context(main.commands[command], parent=context, info_name=command)
        )
    assert shown.startswith(f"Usage: wirelore {command}")


@pytest.mark.skipif(not INSTALLED, reason="the script is there once the project is installed; make wheel looks at it")
def test_the_script_prints_the_version() -> None:
    script = Path(sysconfig.get_path("scripts")) / "wirelore"
    done = subprocess.run([script, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.split()[-1] == importlib.metadata.version("wirelore")


def _json_files(package: str) -> Iterator[Path]:
    return _folder(package).glob("*.json")


@pytest.mark.parametrize("package", ["schemas", "captures"])
def test_the_packaged_rules_are_there_and_are_json(package: str) -> None:
    documents = {path.name: json.loads(path.read_bytes()) for path in _json_files(package)}
    assert documents
    assert all(documents.values())


def test_every_analyzer_has_its_schema() -> None:
    registry = importlib.import_module("analyzers._contract").registry()
    schemas = {path.stem for path in _json_files("schemas")}
    assert registry
    assert set(registry) - schemas == set()


def test_every_packaged_sample_can_be_read_to_its_last_byte() -> None:
    store = importlib.import_module("captures.store")
    samples = [folder for folder in sorted((_folder("captures") / "samples").iterdir()) if store.is_capture(folder)]
    assert samples
    for folder in samples:
        capture = store.Capture(folder)
        exchanges = list(capture.exchanges())
        assert len(exchanges) == len(capture) > 0
        for exchange in exchanges:
            assert len(exchange.request.body.read()) == exchange.request.body.size
            if exchange.response:
                assert len(exchange.response.body.read()) == exchange.response.body.size


def test_nothing_was_recorded_into_the_installed_packages() -> None:
    if INSTALLED:
        assert not (_folder("captures") / "local").exists()


def test_the_addon_lies_where_mitmdump_can_be_pointed_at_it() -> None:
    assert (_folder("addons") / "record.py").is_file()
