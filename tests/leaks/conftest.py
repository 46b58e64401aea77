"""What the campaign has to tell at its end."""

import random
from collections.abc import Callable

import pytest

from tests import seeds

_SEED = 20261121
_TOLD = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def tell(pytestconfig: pytest.Config) -> Callable[[str], None]:
    """Takes a line that is printed when the run ends, whether or not a test failed."""
    return pytestconfig.stash.setdefault(_TOLD, []).append


@pytest.fixture(scope="session")
def seed(tell: Callable[[str], None]) -> int:
    """What the secrets are made of: the same in every run, unless WIRELORE_LEAKS_SEED names another or is `any`."""
    chosen, told = seeds.seed("WIRELORE_LEAKS_SEED", _SEED)
    tell(told)
    return chosen


@pytest.fixture
def chance(seed: int, request: pytest.FixtureRequest) -> random.Random:
    """Chance for one test, the same for the same seed whichever other tests run."""
    return random.Random(f"{seed} {request.node.nodeid}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Prints the figures."""
    if told := config.stash.get(_TOLD, []):
        terminalreporter.section("secrets planted and found")
        for line in told:
            terminalreporter.line(line)
