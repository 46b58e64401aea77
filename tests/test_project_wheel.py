"""What travels in the wheel: schemas, samples and templates; never a recording."""

import importlib.metadata
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.project import ROOT, modules, packages, sources

MARK = b"planted-recording"

RECORDINGS = (
    "captures/local/session",
    "captures/samples-x/session",
    "captures/importers/session",
    "captures/session",
    "captures",
    "captures/samples",
    "schemas",
    "schemas/session",
    "schemas/bodies/session",
    "schemas/claims/session",
    "reports/session",
    "reports/templates/session",
    "reports/templates",
    "analyzers/session",
    "clients/session",
    "clients/scenarios/agent",
    "addons/session",
    "recordings/session",
    "build/lib/captures/local/session",
)
"""Folders in which a recording might come to lie by a slip of `--captures`; the last as an earlier build left it."""


def _plant(folder: Path) -> None:
    exchange = folder / "messages" / "20260101_000000_000001_post-v1-messages"
    exchange.mkdir(parents=True)
    for path in (folder / "capture.json", folder / "index.jsonl", folder / "stray.body", folder / "request.body"):
        if not path.exists():
            path.write_bytes(MARK)
    for name in ("exchange.json", "request.body", "response.body"):
        (exchange / name).write_bytes(MARK)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel of a copy of the project in which recordings lie wherever one could."""
    version = importlib.metadata.version("setuptools")
    if int(version.partition(".")[0]) < 77:
        pytest.skip(f"setuptools {version} cannot build the project, which needs 77 or later: pip install -e .[dev]")
    aside = tmp_path_factory.mktemp("wheel")
    copy = aside / "source"
    for name in sources():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, copy / name)
    for place in RECORDINGS:
        _plant(copy / place)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", str(aside), str(copy)], check=True)
    return zipfile.ZipFile(next(aside.glob("*.whl")))


def _holds(wheel: zipfile.ZipFile, wanted: Iterable[Path]) -> set[str]:
    """Those of the wanted files that the wheel lacks."""
    return {path.as_posix() for path in wanted} - set(wheel.namelist())


def test_the_wheel_has_every_module_of_the_listed_packages(wheel: zipfile.ZipFile) -> None:
    expected = {path.relative_to(ROOT).as_posix() for name in ("wirelore", *packages()) for path in modules(name)}
    expected |= {path.as_posix() for path in _scenarios() if path.suffix == ".py"}  # programs that scenarios name
    assert {name for name in wheel.namelist() if name.endswith(".py")} == expected


def test_the_wheel_has_every_schema_sample_and_template(wheel: zipfile.ZipFile) -> None:
    folders = {("schemas",), ("captures", "samples"), ("reports", "templates")}
    wanted = [
        name
        for name in sources()
        if (name.parts[:1] in folders or name.parts[:2] in folders) and name.suffix != ".py" and name.suffix != ".md"
    ]
    assert any(name.parts[0] == "schemas" for name in wanted)
    assert _holds(wheel, wanted) == set()


def test_the_wheel_has_every_scenario_and_the_form_of_the_answers(wheel: zipfile.ZipFile) -> None:
    assert _holds(wheel, [*_scenarios(), Path("clients/answers.json")]) == set()


def _scenarios() -> list[Path]:
    return [name for name in sources() if name.parts[:2] == ("clients", "scenarios")]


def test_the_wheel_has_the_rules_that_lie_beside_the_code(wheel: zipfile.ZipFile) -> None:
    rules = [
        name for name in sources() if name.parts[0] == "captures" and len(name.parts) == 2 and name.suffix == ".json"
    ]
    assert _holds(wheel, rules) == set()


def test_the_wheel_has_no_byte_of_a_recording(wheel: zipfile.ZipFile) -> None:
    assert {name for name in wheel.namelist() if MARK in wheel.read(name)} == set()


def test_the_wheel_has_nothing_but_packages_schemas_samples_and_templates(wheel: zipfile.ZipFile) -> None:
    tops = {name.partition("/")[0] for name in wheel.namelist() if ".dist-info/" not in name}
    assert tops == {"wirelore.py", *(name for name in packages() if "." not in name)}


def test_git_takes_no_recording_from_the_recorders_folder() -> None:
    assert [name for name in sources() if name.parts[:2] == ("captures", "local")] == []
