"""The project's files: no machine paths, no registries, no secrets; only existing commands, targets and links."""

import re
from pathlib import Path

import click
import pytest

from tests.project import ROOT, sources
from wirelore.cli.main import main

PAGES = [name for name in sources() if name.suffix == ".md" and name.parts[0] not in {"captures", "reports"}]

REPOSITORY = "https://github.com/wirelore/wirelore/blob/main/"

# Written so that no pattern matches its own source.
MACHINE_PATHS = re.compile(
    rb"(?<![\w.-])/(?:root|work)/|/tmp/tmp[.][A-Za-z0-9]{6}|/home/(?:runner|ubuntu)/|[.]pyenv/versions/3[.]\d"
)
REGISTRIES = re.compile(
    rb"index[-_]url|(?i:registry)\s*=\s*[\"']?https?:|--regist[r]y\b|https?://[\w.-]*(?:registry|artifactory|nexus|devpi)[\w.-]*|"
    rb"files[.]pythonhosted|pypi[.]org/simple|\"resolved\"\s*:|find[-_]links",
)
TOKENS = re.compile(
    rb"sk-ant-[a-z0-9]+-[A-Za-z0-9_-]{40,}|eyJ[A-Za-z0-9_-]{20,}[.]eyJ[A-Za-z0-9_-]{40,}[.][A-Za-z0-9_-]{40,}|"
    rb"(?:AKIA|ghp_|xox[bp]-)[A-Za-z0-9]{16,}|BEGIN (?:RSA |EC )?PRIVATE KEY"
)


def _places(pattern: re.Pattern[bytes]) -> list[str]:
    """Return `file:line` of each match in the files that git tracks or would add."""
    places = []
    for name in sources():
        content = (ROOT / name).read_bytes()
        lines = [content.count(b"\n", 0, match.start()) + 1 for match in pattern.finditer(content)]
        places += [f"{name}:{line}" for line in lines]
    return places


def test_no_file_names_a_path_of_a_machine() -> None:
    assert _places(MACHINE_PATHS) == []


def test_no_file_names_the_project_s_own_folder() -> None:
    assert _places(re.compile(re.escape(str(ROOT).encode()) + rb"\b")) == []


def test_no_file_names_a_package_registry() -> None:
    assert _places(REGISTRIES) == []


def test_no_file_contains_anything_that_looks_like_a_real_secret() -> None:
    assert _places(TOKENS) == []


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (MACHINE_PATHS, b"see /" + b"root/venv"),
        (REGISTRIES, b"--extra-index-" + b"url x"),
        (REGISTRIES, b"http://" + b"registry.example/simple"),
        (TOKENS, b"sk-ant-oat01-" + b"Ab1_" * 20),
    ],
    ids=["machine-path", "index-option", "registry-host", "token"],
)
def test_the_patterns_match_what_they_forbid(pattern: re.Pattern[bytes], text: bytes) -> None:
    assert pattern.search(text)


def test_the_changelog_has_a_section_for_unreleased_changes() -> None:
    assert "\n## [Unreleased]\n" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def _code(page: Path) -> str:
    """Return the fenced blocks and code spans of a page."""
    text = (ROOT / page).read_text(encoding="utf-8")
    fenced = re.findall(r"^```[^\n]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
    return "\n".join([*fenced, *spans])


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_command_that_a_page_names_exists(page: Path) -> None:
    commands = set(re.findall(r"(?:^|[$`&;|(] ?)wirelore ([a-z][a-z-]*)", _code(page), re.MULTILINE))
    assert isinstance(main, click.Group)
    assert commands - set(main.commands) == set()


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_make_target_that_a_page_names_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named_targets = set(re.findall(r"(?:^|[$&;] ?)make ([a-z0-9-]+)", _code(page), re.MULTILINE))
    assert named_targets - targets == set()


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_file_that_a_page_links_to_exists(page: Path) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    links = {link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text)}
    paths = {ROOT / link.removeprefix(REPOSITORY) for link in links if link.startswith(REPOSITORY)}
    paths |= {(ROOT / page).parent / link for link in links if link and "://" not in link}
    assert {path for path in paths if not path.exists()} == set()
