"""The documents that the suite looks at, each made once, and what the checks have to tell at the end."""

import platform
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests import npm
from tests.openapi_tools import linter, sarif_validator
from tests.openapi_tools.documents import SAMPLES, Described, imported, written

_TOLD = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def tell(pytestconfig: pytest.Config) -> Callable[[str], None]:
    """Takes a line that is printed when the run ends, whether or not a test failed."""
    return pytestconfig.stash.setdefault(_TOLD, []).append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Prints what the checks measured and what they do not fail for."""
    if told := config.stash.get(_TOLD, []):
        terminalreporter.section("what was measured")
        for line in told:
            terminalreporter.line(line)


@pytest.fixture(scope="session")
def described(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Callable[..., Described]:
    """The document of `samples` or `real` recordings in a version of OpenAPI; skips where there are no real ones."""
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
    """The linter's executable; skips where it is not in the cache and npm not reachable."""
    return _installed(linter.REDOCLY)


@pytest.fixture(scope="session")
def multitool() -> Path:
    """The validator of SARIF; skips where it does not run, or is not in the cache and npm not reachable."""
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        pytest.skip(f"{sarif_validator.MULTITOOL.package} runs on Linux on x86-64 only")
    return _installed(sarif_validator.MULTITOOL)


def _installed(tool: npm.Tool) -> Path:
    if reason := tool.missing():
        pytest.skip(reason)
    return tool.install()
