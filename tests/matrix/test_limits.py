"""Limits on a client's run: the deadline, the leash, and the end of a client that goes on."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.leash import Leash
from wirelore.matrix.limits import DEADLINE, LEASH, Ended, Limits, code, end, wait_for

FOREVER = "import time; print('ready', flush=True); time.sleep(600)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(600)"
)


def started(program: str) -> "subprocess.Popen[bytes]":
    """Return a client that has begun; it prints a line when it has."""
    client = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert client.stdout is not None
    assert client.stdout.readline() == b"ready\n"
    return client


@pytest.fixture
def forever() -> Iterator["subprocess.Popen[bytes]"]:
    """A client that goes on until it is terminated."""
    with started(FOREVER) as client:
        yield client
        client.kill()


def test_a_client_that_ends_by_itself_gives_its_code(leash: Leash) -> None:
    with started("import sys; print('ready', flush=True); sys.exit(7)") as client:
        assert wait_for(client, Limits(leash.path, 60)) == 7


def test_at_the_deadline_the_client_is_terminated(leash: Leash, forever: "subprocess.Popen[bytes]") -> None:
    with pytest.raises(Ended, match=f"^{DEADLINE}$"):
        wait_for(forever, Limits(leash.path, 0))
    assert code(forever) == 143


def test_when_the_leash_is_closed_the_client_is_terminated(leash: Leash, forever: "subprocess.Popen[bytes]") -> None:
    limits = Limits(leash.path, 60)
    leash.close()
    with pytest.raises(Ended, match=f"^{LEASH}$"):
        wait_for(forever, limits)
    assert code(forever) == 143


@pytest.mark.slow
def test_a_client_that_ignores_its_termination_is_killed_after_two_seconds() -> None:
    with started(STUBBORN) as client:
        began = time.monotonic()
        end(client)
        assert time.monotonic() - began >= 2
        assert code(client) == 137


def test_before_its_limits_nothing_is_raised(leash: Leash) -> None:
    Limits(leash.path, 60).check(0)


def test_a_leash_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Limits(tmp_path / "none", 60)
