"""The content of the wheel: code, schemas and samples, but never a recording."""

import importlib.metadata
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.project import ROOT, sources

pytestmark = pytest.mark.slow

MARK = b"planted-recording"

RECORDINGS = (
    "captures/local/session",
    "captures/samples-x/session",
    "wirelore/session",
    "wirelore",
    "wirelore/data",
    "wirelore/formats/session",
    "wirelore/redaction",
    "wirelore/matrix/scenarios",
    "captures/session",
    "captures",
    "captures/samples",
    "schemas",
    "schemas/session",
    "schemas/bodies/session",
    "schemas/claims/session",
    "reports/session",
    "reports/samples",
    "analyzers/session",
    "clients/session",
    "wirelore/matrix/scenarios/agent",
    "addons/session",
    "recordings/session",
    "build/lib/wirelore/data/captures/samples/session",
)
"""Folders in which a mistyped `--captures` could put a recording; the last one is left over from an earlier build."""


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
    """The wheel of a copy of the project with recordings in all these folders."""
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


CARRIED = {("addons",), ("analyzers",), ("schemas",), ("captures", "samples")}
"""The top-level folders whose content travels below `wirelore/data`."""


def _expected() -> set[str]:
    """The files of the wheel: the package as it lies, and the content of the folders."""
    own = {name.as_posix() for name in sources() if name.parts[0] == "wirelore"}
    carried = {
        f"wirelore/data/{name.as_posix()}"
        for name in sources()
        if (name.parts[:1] in CARRIED or name.parts[:2] in CARRIED) and name.suffix != ".md"
    }
    return own | carried


def test_the_wheel_has_the_package_the_content_of_the_folders_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    assert {name for name in wheel.namelist() if ".dist-info/" not in name} == _expected()


def test_the_wheel_has_all_kinds_of_files() -> None:
    kinds = {name.rpartition(".")[2] for name in _expected()}
    assert kinds == {"py", "typed", "json", "jsonl", "body"}
    assert "wirelore/data/addons/record.py" in _expected()


def test_the_wheel_has_no_byte_of_a_recording(wheel: zipfile.ZipFile) -> None:
    assert {name for name in wheel.namelist() if MARK in wheel.read(name)} == set()


def test_git_takes_no_recording_from_the_recorders_folder() -> None:
    assert [name for name in sources() if name.parts[:2] == ("captures", "local")] == []


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked source distribution of the files that git tracks or would add."""
    aside = tmp_path_factory.mktemp("sdist")
    for name in sources():
        (aside / "source" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, aside / "source" / name)
    command = [sys.executable, "-m", "build", "--sdist", "--no-isolation", "--outdir", str(aside)]
    subprocess.run([*command, str(aside / "source")], check=True, capture_output=True)
    with tarfile.open(next(aside.glob("*.tar.gz"))) as archive:
        archive.extractall(aside / "unpacked", filter="data")
    (folder,) = (aside / "unpacked").iterdir()
    return folder


def test_a_wheel_built_from_the_source_distribution_has_the_same_files_with_the_same_bytes(
    unpacked: Path, tmp_path: Path, wheel: zipfile.ZipFile
) -> None:
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(unpacked)]
    subprocess.run(command, check=True, capture_output=True)
    again = zipfile.ZipFile(next(tmp_path.glob("*.whl")))

    def files(built: zipfile.ZipFile) -> dict[str, int]:
        return {entry.filename: entry.CRC for entry in built.infolist() if not entry.filename.endswith("/RECORD")}

    assert files(again) == files(wheel)
