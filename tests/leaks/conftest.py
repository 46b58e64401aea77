"""Fixtures of the campaign and its summary at the end of the run."""

import random
from collections.abc import Callable

import pytest

from tests import seeds

_SEED = 20261121
_LINES = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def summary(pytestconfig: pytest.Config) -> Callable[[str], None]:
    """A function that adds a line to the summary at the end of the run, whether or not a test failed."""
    return pytestconfig.stash.setdefault(_LINES, []).append


@pytest.fixture(scope="session")
def seed(summary: Callable[[str], None]) -> int:
    """The seed of the secrets: the same in every run, unless WIRELORE_LEAKS_SEED is another seed or `any`."""
    value, line = seeds.seed("WIRELORE_LEAKS_SEED", _SEED)
    summary(line)
    return value


@pytest.fixture
def chance(seed: int, request: pytest.FixtureRequest) -> random.Random:
    """The random generator of one test, which depends only on the seed and the test."""
    return random.Random(f"{seed} {request.node.nodeid}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the summary."""
    if lines := config.stash.get(_LINES, []):
        terminalreporter.section("secrets planted and found")
        for line in lines:
            terminalreporter.line(line)
