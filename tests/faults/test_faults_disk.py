"""Disks that are full, gone, closed or too deep, and a clock that goes back: the client notices nothing, all counts."""

import os
import random
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from tests.faults.disk_ground import fill, run, small_disk
from tests.faults.killed_ground import Talk, answer, recorder
from tests.project import ROOT
from tests.upstream import serving, until
from wirelore.model.exchange import Headers, Request, Response
from wirelore.recorder import handover
from wirelore.recorder.proxy import Proxy, ProxyError
from wirelore.recorder.recording import Recording
from wirelore.recorder.summary import summary
from wirelore.store.integrity import problems
from wirelore.store.writer import Capture

pytestmark = pytest.mark.faults


@dataclass(slots=True)
class Account:
    """The table at the end."""

    tried: int = 0
    survived: int = 0
    asked: int = 0
    recorded: int = 0
    counted: int = 0

    @contextmanager
    def fault(self) -> Iterator[None]:
        """Counts one that is tried within, if it is not skipped."""
        try:
            yield
        except pytest.skip.Exception:
            raise
        except BaseException:
            self.tried += 1
            raise
        self.tried, self.survived = self.tried + 1, self.survived + 1


@pytest.fixture(scope="module")
def account() -> Account:
    return Account()


@pytest.fixture
def base(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "tmp").mkdir()
    return {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path / "tmp")}


def judge(made: Recording, account: Account, asked: int) -> None:
    """The client got every byte, the code is 2, and each exchange is recorded or counted as not recorded."""
    failed = int(made.problem.partition("failed_to_write: ")[2].split(",")[0].split("\n")[0].split(";")[0])
    whole = made.ends.get("complete", 0)
    account.asked += asked
    account.recorded += whole
    account.counted += failed
    assert (made.client_code, made.complete, made.code) == (0, False, 2)
    assert whole + failed == asked
    assert f"failed_to_write: {failed}" in summary(made)


def assert_nothing_torn(capture: Path) -> None:
    assert [problem for problem in problems(capture) if not problem.note] == []
    assert Capture(capture).manifest["status"] == "complete"
    assert all(exchange.end.cause in ("complete", "not-recorded") for exchange in Capture(capture).exchanges())


def test_a_disk_that_fills_up_is_survived_and_counted(tmp_path: Path, base: dict[str, str], account: Account) -> None:
    with account.fault(), small_disk(tmp_path / "disk", "3m") as disk:
        made, _ = run(disk / "one", ["300000"] * 20, {}, base)
        judge(made, account, 20)
        assert made.ends["complete"] > 2
        assert_nothing_torn(disk / "one")


def test_a_full_disk_loses_what_comes_meanwhile_and_nothing_after_it(
    tmp_path: Path, base: dict[str, str], account: Account
) -> None:
    with account.fault(), small_disk(tmp_path / "disk", "3m") as disk:
        acts = {"fill": lambda: fill(disk), "clear": lambda: (disk / "ballast").unlink()}
        made, told = run(disk / "one", ["100", "fill", "100", "200000", "clear", "100", "200000"], acts, base)
        judge(made, account, 5)
        assert ["ended" in line for line in told] == [True, False, False, True, True]
        assert_nothing_torn(disk / "one")


def test_a_disk_that_stays_full_still_gets_its_manifest(tmp_path: Path, base: dict[str, str], account: Account) -> None:
    with account.fault(), small_disk(tmp_path / "disk", "3m") as disk:
        acts = {"fill": lambda: fill(disk)}
        made, _ = run(disk / "one", ["100", "fill", "100", "100", "200000"], acts, base)
        judge(made, account, 4)
        assert Capture(disk / "one").manifest["completeness"]["failed_to_write"] == 3
        assert_nothing_torn(disk / "one")


def test_a_folder_that_goes_is_said_with_what_was_lost(tmp_path: Path, base: dict[str, str], account: Account) -> None:
    with account.fault():
        capture = tmp_path / "one"
        made, _ = run(capture, ["100", "go", "100", "100"], {"go": lambda: shutil.rmtree(capture)}, base)
        judge(made, account, 3)
        assert f"{capture / 'capture.json'}: " in made.problem
        assert not capture.exists()


def test_a_folder_that_is_closed_even_to_root_is_said(tmp_path: Path, base: dict[str, str], account: Account) -> None:
    with account.fault():
        capture = tmp_path / "one"

        def chattr(flag: str) -> None:
            for folder in (capture, capture / ".partial"):
                subprocess.run(["chattr", flag, str(folder)], check=True, capture_output=True)

        if (
            shutil.which("chattr") is None
            or subprocess.run(["chattr", "+i", tmp_path], check=False, stderr=-3).returncode
        ):
            pytest.skip("no folder can be made immutable here")
        subprocess.run(["chattr", "-i", str(tmp_path)], check=True)
        try:
            made, _ = run(capture, ["100", "close", "100", "100"], {"close": lambda: chattr("+i")}, base)
        finally:
            chattr("-i")
        judge(made, account, 3)
        assert "the recorder did not finish" in made.problem


def test_a_folder_without_permission_costs_the_exchanges_of_that_time(
    account: Account, request: pytest.FixtureRequest
) -> None:
    with account.fault():
        if os.geteuid() != 0:
            pytest.skip("only root can start a recorder as somebody else")
        home = Path(tempfile.mkdtemp())  # pytest's own folders are not open to others
        request.addfinalizer(lambda: shutil.rmtree(home))
        os.chown(home, 65534, 65534)
        process = recorder(home, "--once", as_somebody=True)
        aside = home / "capture" / ".partial"
        assert process.stdin is not None
        process.stdin.write(whole(1))
        until(lambda: list((home / "capture").glob("*/*_000001_*")))
        aside.chmod(0o500)
        process.stdin.write(whole(2) + whole(3))
        process.stdin.write(handover.packed(handover.BEGIN, 4, 0, HEAD))
        until(lambda: b'"failed_to_write": 3' in (home / "capture" / "capture.json").read_bytes())
        aside.chmod(0o700)
        process.stdin.write(whole(5) + handover.packed(handover.CLOSE, 0, 0))
        process.stdin.close()
        assert process.wait(30) == 0
        manifest = Capture(home / "capture").manifest
        assert (manifest["ends"], manifest["completeness"]["failed_to_write"]) == ({"complete": 2}, 3)
        assert_nothing_torn(home / "capture")
        account.asked, account.recorded, account.counted = account.asked + 5, account.recorded + 2, account.counted + 3


def test_a_file_that_may_not_grow_costs_its_exchange_alone(tmp_path: Path, account: Account) -> None:
    with account.fault():
        process = recorder(tmp_path, "--once")
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (300_000, 300_000))
        assert process.stdin is not None
        process.stdin.write(whole(1) + whole(2, b"words\n" * 200_000) + whole(3))
        process.stdin.write(handover.packed(handover.CLOSE, 0, 0))
        process.stdin.close()
        assert process.wait(30) == 0
        manifest = Capture(tmp_path / "capture").manifest
        assert (manifest["ends"], manifest["completeness"]["failed_to_write"]) == (
            {"complete": 2, "not-recorded": 1},
            1,
        )
        _, cut, _ = Capture(tmp_path / "capture").exchanges()
        assert cut.response is not None
        assert cut.end.message == "OSError: File too large"
        assert 0 < cut.response.body.size <= 300_000
        assert_nothing_torn(tmp_path / "capture")
        account.asked, account.recorded, account.counted = account.asked + 3, account.recorded + 2, account.counted + 1


@pytest.mark.parametrize("name", ["x" * 300, "y" * 200 + "/"], ids=["a name", "a path"])
def test_a_capture_whose_name_is_too_long_is_refused_before_the_client_begins(
    tmp_path: Path, base: dict[str, str], name: str, account: Account
) -> None:
    with account.fault():
        with pytest.raises((OSError, ProxyError), match="File name too long"):
            run(Path(f"{tmp_path}/{name * 20}"[:4000] if "/" in name else f"{tmp_path}/{name}"), ["100"], {}, base)
        assert list((tmp_path / "tmp").iterdir()) == []


CLOCK = """
import time, pathlib
real, began = time.time, []
def set_back():
    return real() - (3600 if pathlib.Path({flag!r}).exists() else 0)
time.time = set_back
"""


def test_a_clock_that_is_set_back_leaves_times_in_order_and_is_noted(tmp_path: Path, account: Account) -> None:
    with account.fault():
        script, flag = tmp_path / "clock.py", tmp_path / "flag"
        script.write_text(CLOCK.format(flag=str(flag)))
        with serving(client=answer) as server:
            options: dict[str, str | int | bool] = {
                "wirelore_capture": str(tmp_path / "capture"),
                "wirelore_hosts": "killed.test",
                "wirelore_once": True,
                "wirelore_route": f"killed.test=127.0.0.1:{server.port}",
            }
            with Proxy([script, ROOT / "addons" / "record.py", ROOT / "addons" / "route.py"], options) as proxy:
                talks = [Talk(proxy.port, random.Random(number)) for number in range(4)]
                for talk in talks:
                    talk.start()
                for asked in range(10, 60, 10):
                    until(partial(_have_asked, talks, asked))
                    flag.touch()
                    time.sleep(0.2)
                    flag.unlink()
                for talk in talks:
                    talk.enough.set()
                for talk in talks:
                    talk.join(30)
                assert [talk.failed for talk in talks] == [None] * 4
                assert proxy.stop() == 0, proxy.output()
        assert_nothing_torn(tmp_path / "capture")
        exchanges = list(Capture(tmp_path / "capture").exchanges())
        assert len(exchanges) == sum(len(talk.sent) for talk in talks)
        assert Capture(tmp_path / "capture").manifest["completeness"]["clock_set_back"] >= 1
        account.asked, account.recorded = account.asked + len(exchanges), account.recorded + len(exchanges)


def _have_asked(talks: list[Talk], often: int) -> bool:
    return sum(len(talk.sent) for talk in talks) > often


HEAD = handover.packed_request(1_700_000_000_000_000, Request(host="h", target="/p", headers=Headers(())), {})


def whole(number: int, answer: bytes = b"answered") -> bytes:
    """The frames of an exchange."""
    return b"".join(
        [
            handover.packed(handover.BEGIN, number, 0, HEAD),
            handover.packed(handover.REQUEST_BODY, number, 10, b"asked"),
            handover.packed(handover.RESPONSE_HEAD, number, 20, handover.packed_response(Response(status=200))),
            handover.packed(handover.RESPONSE_BODY, number, 30, answer),
            handover.packed(handover.END, number, 50, handover.packed_end("complete", "")),
        ]
    )


def test_the_account(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    lost = account.asked - account.recorded - account.counted
    with capsys.disabled():
        print(
            f"\ndisk: {account.tried} faults tried, {account.survived} survived; {account.asked} exchanges asked for, "
        )
        print(f"{account.recorded} recorded whole, {account.counted} counted as not recorded, {lost} lost uncounted")
    assert (account.survived, lost) == (account.tried, 0)
