"""The lock files requirements/*.txt: all dependencies of pyproject.toml, for all supported Pythons, with hashes."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.project import ROOT, ci_script, settings

FOLDER = ROOT / "requirements"
FILES = {
    "dev": ("dev.txt",),
    "parquet": ("dev.txt",),
    "docs": ("dev.txt", "docs.txt"),
    "outside": ("dev.txt", "outside.txt"),
    "fuzz": ("dev.txt", "fuzz.txt"),
}
"""The lock files of each extra."""
PYTHONS = [
    match[1]
    for line in settings()["project"]["classifiers"]
    if (match := re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", line))
]


differences = ci_script("differences")
lock = ci_script("lock")


def _environment(python: str) -> dict[str, str]:
    return {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "sys_platform": "linux",
        "os_name": "posix",
        "platform_system": "Linux",
        "platform_machine": "x86_64",
    }


def _asked() -> Iterator[tuple[str, Requirement]]:
    """Yield each extra with its dependencies and those of the project."""
    project = settings()["project"]
    for extra, lines in project["optional-dependencies"].items():
        for line in [*project["dependencies"], *lines]:
            yield extra, Requirement(line)


def test_every_extra_has_its_files_and_there_are_no_other_files() -> None:
    assert set(FILES) == set(settings()["project"]["optional-dependencies"])
    assert {path.name for path in FOLDER.iterdir()} == {name for names in FILES.values() for name in names} | {
        "build.txt"
    }


@pytest.mark.slow
@pytest.mark.parametrize("python", PYTHONS)
def test_the_lock_has_every_dependency_in_an_allowed_version(python: str) -> None:
    environment = _environment(python)
    wrong = []
    for extra, asked in _asked():
        if asked.marker and not asked.marker.evaluate(environment):
            continue
        version = differences.pins([FOLDER / name for name in FILES[extra]], environment).get(
            canonicalize_name(asked.name)
        )
        if version is None or version not in asked.specifier:
            wrong.append(f"{extra}: {asked} but {version}")
    assert wrong == []
    assert len(PYTHONS) >= 2


@pytest.mark.parametrize(("python", "major"), [("3.11", "11"), ("3.13", "12")])
def test_each_python_gets_the_newest_mitmproxy_that_supports_it(python: str, major: str) -> None:
    version = differences.pins([FOLDER / "dev.txt"], _environment(python))[canonicalize_name("mitmproxy")]
    assert version.partition(".")[0] == major


def test_the_build_system_is_locked_in_the_same_version_as_for_development() -> None:
    (asked,) = (Requirement(line) for line in settings()["build-system"]["requires"])
    environment = _environment(PYTHONS[-1])
    built, developed = (differences.pins([FOLDER / name], environment) for name in ("build.txt", "dev.txt"))
    assert built == {asked.name: developed[canonicalize_name(asked.name)]}
    assert built[asked.name] in asked.specifier


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.name)
def test_every_entry_is_one_version_with_hashes_and_every_line_belongs_to_an_entry(path: Path) -> None:
    content = path.read_text(encoding="utf-8")
    entries = dict(lock.entries(content))
    assert entries
    wrong = {
        head
        for head, entry in entries.items()
        if not re.fullmatch(r"[a-z0-9-]+==[\w.+!]+( ; .+)?", head)
        or not re.fullmatch(r"[^\n]+ \\\n(    --hash=sha256:[0-9a-f]{64} \\\n)*    --hash=sha256:[0-9a-f]{64}\n", entry)
    }
    assert wrong == set()
    assert "".join(entries.values()) == content.partition("\n")[2]


def test_packages_that_differ_from_the_lock_are_listed() -> None:
    locked = {"same": "1", "older": "1.0", "absent": "3"}
    assert differences.differences(locked, {"same": "1", "older": "1.1", "new": "2"}) == [
        "new: not in the lock, 2 installed",
        "older: 1.0 in the lock, 1.1 installed",
    ]
