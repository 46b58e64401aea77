"""Fixtures: the tested documents, each generated once, and a report at the end of the run."""

import platform
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests import npm
from tests.openapi_tools import linter, sarif_validator
from tests.openapi_tools.documents import SAMPLES, Described, imported, written

_REPORT = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def tell(pytestconfig: pytest.Config) -> Callable[[str], None]:
    """Return a function that adds a line to the report at the end of the run."""
    return pytestconfig.stash.setdefault(_REPORT, []).append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the lines of the report."""
    if lines := config.stash.get(_REPORT, []):
        terminalreporter.section("what was measured")
        for line in lines:
            terminalreporter.line(line)


@pytest.fixture(scope="session")
def described(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Callable[..., Described]:
    """Return the document of `samples` or `real` recordings in an OpenAPI version; skip without recordings."""
    folder = tmp_path_factory.mktemp("documents")

    @cache
    def captures(source: str) -> Path:
        if source == "samples":
            return SAMPLES
        shared: Path = request.getfixturevalue("shared")
        return imported(shared / "real", folder)

    @cache
    def made(source: str, version: str = "3.1") -> Described:
        return written(captures(source), folder / f"{source}-{version}.yaml", version)

    return made


@pytest.fixture(scope="session")
def redocly() -> Path:
    """The linter's executable; skips the test if it is not in the cache and npm is not reachable."""
    return _installed(linter.REDOCLY)


@pytest.fixture(scope="session")
def multitool() -> Path:
    """The SARIF validator; skips the test if it does not run here, or is not in the cache and npm is not reachable."""
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        pytest.skip(f"{sarif_validator.MULTITOOL.package} runs on Linux on x86-64 only")
    return _installed(sarif_validator.MULTITOOL)


def _installed(tool: npm.Tool) -> Path:
    if reason := tool.missing():
        pytest.skip(reason)
    return tool.install()
