"""Recorders killed at random moments under traffic: ended exchanges are not lost, and nothing is torn."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults.killed_ground import HOST, Tally, answer, child, is_gone, kill_proxied, kill_recorder
from tests.project import ROOT
from tests.upstream import serving, until
from wirelore.store.integrity import problems
from wirelore.store.writer import Capture

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc"),
]

SEED, FED, PROXIED = 4, 170, 30
VICTIMS = (("recorder",), ("mitmdump",), ("mitmdump", "recorder"))


def _caught(work: Callable[[int], None]) -> Callable[[int], Exception | None]:
    """Return the function with exceptions as results, so that one failed kill does not hide the others."""

    def caught(seed: int) -> Exception | None:
        try:
            work(seed)
        except Exception as fault:  # all are reported at the end
            return fault
        return None

    return caught


def campaign(tmp_path: Path, seeds: list[int], threads: int, kill: Callable[[Path, int], None]) -> list[str]:
    """Kill with every seed, several at a time; return the failures."""

    def kill_with_seed(seed: int) -> None:
        folder = tmp_path / str(seed)
        folder.mkdir()
        kill(folder, seed)

    with ThreadPoolExecutor(threads) as pool:
        results = zip(seeds, pool.map(_caught(kill_with_seed), seeds), strict=True)
        return [f"seed {seed}: {fault!r}" for seed, fault in results if fault]


def test_a_killed_recorder_loses_nothing_that_had_ended(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tally, seeds = Tally(), [SEED * 1000 + number for number in range(FED)]
    faults = campaign(tmp_path, seeds, 6, lambda folder, seed: kill_recorder(folder, seed, tally))
    with capsys.disabled():
        print(f"\nseeds {seeds[0]} to {seeds[-1]}; {tally}")
    assert faults == []


def test_a_killed_proxy_or_its_recorder_loses_nothing_that_had_ended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tally, seeds = Tally(), [SEED * 1000 + 500 + number for number in range(PROXIED)]

    def kill(folder: Path, seed: int) -> None:
        kill_proxied(folder, seed, VICTIMS[seed % len(VICTIMS)], tally)

    faults = campaign(tmp_path, seeds, 3, kill)
    with capsys.disabled():
        print(f"\nseeds {seeds[0]} to {seeds[-1]}; {tally}")
    assert faults == []


CLIENT = """
import os, sys, urllib.request
opener = urllib.request.build_opener(urllib.request.ProxyHandler())
got = opener.open(urllib.request.Request(sys.argv[1], data=b"asked"))
open(sys.argv[2], "wb").write(got.read1(1 << 16))
got.read()
"""


@pytest.mark.parametrize(
    ("victims", "repaired", "cause"),
    [
        pytest.param(("wirelore",), 0, "shutdown", id="wirelore record alone"),
        pytest.param(("wirelore", "client", "mitmdump", "recorder"), 1, "recorder-lost", id="all at once"),
    ],
)
def test_the_next_commands_repair_and_clean_up_after_a_killed_wirelore_record(
    tmp_path: Path, victims: tuple[str, ...], repaired: int, cause: str
) -> None:
    temporary, received = tmp_path / "tmp", tmp_path / "seen"
    temporary.mkdir()
    base = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary), "XDG_DATA_HOME": str(tmp_path / "data")}
    wirelore = [sys.executable, "-m", "wirelore"]
    with serving(client=answer) as server:
        options = ["--captures", str(tmp_path), "--name", "one", "--host", HOST, "--route", f"127.0.0.1:{server.port}"]
        client = [sys.executable, "-c", CLIENT, f"http://{HOST}/exchange/1000/20/1", str(received)]
        running = subprocess.Popen([*wirelore, "record", *options, "--", *client], env=base, stderr=subprocess.DEVNULL)
        until(received.exists)
        time.sleep(3)
        pids = family(running.pid)
        confdirs = list(temporary.glob("wirelore-proxy-*/confdir"))
        for victim in victims:
            os.kill(pids[victim], signal.SIGKILL)
        running.wait()
        until(lambda: is_gone(pids["mitmdump"]) and is_gone(pids["recorder"]), 60)
    folders = list(temporary.glob("wirelore-*"))
    assert len(confdirs) == 1
    assert len(folders) == 2
    keys = [path for path in tmp_path.rglob("*") if path.is_file() and b"PRIVATE KEY" in path.read_bytes()]
    assert {path.parent for path in keys} == set(confdirs)
    listed = subprocess.run(
        [*wirelore, "list", "--captures", str(tmp_path)], env=base, capture_output=True, text=True, check=True
    )
    assert listed.stderr.count("repaired ") == repaired
    assert listed.stdout.startswith("one\t")
    (exchange,) = Capture(tmp_path / "one").exchanges()
    assert exchange.response is not None
    assert (exchange.end.cause, exchange.request.body.read()) == (cause, b"asked")
    assert exchange.response.body.read().startswith(b"event: content_block_delta\ndata: ")
    assert [problem for problem in problems(tmp_path / "one") if not problem.note] == []
    subprocess.run(
        [*wirelore, "record", "--captures", str(tmp_path), "--name", "two", "--", "true"], env=base, check=True
    )
    assert list(temporary.iterdir()) == []


def family(pid: int) -> dict[str, int]:
    """Return `wirelore record` and the processes that it started."""
    pids = {"wirelore": pid}
    for child_pid in map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()):
        line = Path(f"/proc/{child_pid}/cmdline").read_bytes()
        pids["mitmdump" if b"mitmdump" in line else "client"] = child_pid
    return {**pids, "recorder": child(pids["mitmdump"])}
