"""Disks that are full, removed, read-only or too deep, and a clock that is set back.

Clients are unaffected, and every loss is counted.
"""

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
    """The totals for the table at the end."""

    tried: int = 0
    survived: int = 0
    requested: int = 0
    recorded: int = 0
    counted: int = 0

    @contextmanager
    def fault(self) -> Iterator[None]:
        """Count a fault that is tried within the block, unless it is skipped."""
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


def check_losses(result: Recording, account: Account, requested: int) -> None:
    """Check that the client got every byte, the code is 2, and each exchange is recorded or counted as not recorded."""
    failed = int(result.problem.partition("failed_to_write: ")[2].split(",")[0].split("\n")[0].split(";")[0])
    complete = result.ends.get("complete", 0)
    account.requested += requested
    account.recorded += complete
    account.counted += failed
    assert (result.client_code, result.complete, result.code) == (0, False, 2)
    assert complete + failed == requested
    assert f"failed_to_write: {failed}" in summary(result)


def assert_nothing_torn(capture: Path) -> None:
    assert [problem for problem in problems(capture) if not problem.note] == []
    assert Capture(capture).manifest["status"] == "complete"
    assert all(exchange.end.cause in ("complete", "not-recorded") for exchange in Capture(capture).exchanges())


def test_a_disk_that_fills_up_is_survived_and_counted(tmp_path: Path, base: dict[str, str], account: Account) -> None:
    with account.fault(), small_disk(tmp_path / "disk", "3m") as disk:
        result, _ = run(disk / "one", ["300000"] * 20, {}, base)
        check_losses(result, account, 20)
        assert result.ends["complete"] > 2
        assert_nothing_torn(disk / "one")


def test_a_full_disk_loses_exchanges_of_that_time_and_none_afterwards(
    tmp_path: Path, base: dict[str, str], account: Account
) -> None:
    with account.fault(), small_disk(tmp_path / "disk", "3m") as disk:
        actions = {"fill": lambda: fill(disk), "clear": lambda: (disk / "ballast").unlink()}
        result, lines = run(disk / "one", ["100", "fill", "100", "200000", "clear", "100", "200000"], actions, base)
        check_losses(result, account, 5)
        assert ["ended" in line for line in lines] == [True, False, False, True, True]
        assert_nothing_torn(disk / "one")


def test_a_disk_that_stays_full_still_gets_its_manifest(tmp_path: Path, base: dict[str, str], account: Account) -> None:
    with account.fault(), small_disk(tmp_path / "disk", "3m") as disk:
        actions = {"fill": lambda: fill(disk)}
        result, _ = run(disk / "one", ["100", "fill", "100", "100", "200000"], actions, base)
        check_losses(result, account, 4)
        assert Capture(disk / "one").manifest["completeness"]["failed_to_write"] == 3
        assert_nothing_torn(disk / "one")


def test_a_removed_folder_is_reported_with_the_losses(tmp_path: Path, base: dict[str, str], account: Account) -> None:
    with account.fault():
        capture = tmp_path / "one"
        result, _ = run(capture, ["100", "go", "100", "100"], {"go": lambda: shutil.rmtree(capture)}, base)
        check_losses(result, account, 3)
        assert f"{capture / 'capture.json'}: " in result.problem
        assert not capture.exists()


def test_a_folder_that_even_root_cannot_write_is_reported(
    tmp_path: Path, base: dict[str, str], account: Account
) -> None:
    with account.fault():
        capture = tmp_path / "one"

        def chattr(flag: str) -> None:
            for folder in (capture, capture / ".partial"):
                subprocess.run(["chattr", flag, str(folder)], check=True, capture_output=True)

        if (
            shutil.which("chattr") is None
            or subprocess.run(["chattr", "+i", tmp_path], check=False, stderr=-3).returncode
        ):
            pytest.skip("chattr +i does not work here")
        subprocess.run(["chattr", "-i", str(tmp_path)], check=True)
        try:
            result, _ = run(capture, ["100", "close", "100", "100"], {"close": lambda: chattr("+i")}, base)
        finally:
            chattr("-i")
        check_losses(result, account, 3)
        assert "the recorder did not finish" in result.problem


def test_a_folder_without_permission_loses_the_exchanges_of_that_time(
    account: Account, request: pytest.FixtureRequest
) -> None:
    with account.fault():
        if os.geteuid() != 0:
            pytest.skip("only root can start a recorder as another user")
        home = Path(tempfile.mkdtemp())  # pytest's folders are not accessible to other users
        request.addfinalizer(lambda: shutil.rmtree(home))
        os.chown(home, 65534, 65534)
        process = recorder(home, "--once", as_somebody=True)
        aside = home / "capture" / ".partial"
        assert process.stdin is not None
        process.stdin.write(exchange_frames(1))
        until(lambda: list((home / "capture").glob("*/*_000001_*")))
        aside.chmod(0o500)
        process.stdin.write(exchange_frames(2) + exchange_frames(3))
        process.stdin.write(handover.packed(handover.BEGIN, 4, 0, HEAD))
        until(lambda: b'"failed_to_write": 3' in (home / "capture" / "capture.json").read_bytes())
        aside.chmod(0o700)
        process.stdin.write(exchange_frames(5) + handover.packed(handover.CLOSE, 0, 0))
        process.stdin.close()
        assert process.wait(30) == 0
        manifest = Capture(home / "capture").manifest
        assert (manifest["ends"], manifest["completeness"]["failed_to_write"]) == ({"complete": 2}, 3)
        assert_nothing_torn(home / "capture")
        account.requested, account.recorded, account.counted = (
            account.requested + 5,
            account.recorded + 2,
            account.counted + 3,
        )


def test_a_file_that_cannot_grow_loses_only_its_exchange(tmp_path: Path, account: Account) -> None:
    with account.fault():
        process = recorder(tmp_path, "--once")
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (300_000, 300_000))
        assert process.stdin is not None
        process.stdin.write(exchange_frames(1) + exchange_frames(2, b"words\n" * 200_000) + exchange_frames(3))
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
        account.requested, account.recorded, account.counted = (
            account.requested + 3,
            account.recorded + 2,
            account.counted + 1,
        )


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
                for requested in range(10, 60, 10):
                    until(partial(_have_requested, talks, requested))
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
        account.requested, account.recorded = account.requested + len(exchanges), account.recorded + len(exchanges)


def _have_requested(talks: list[Talk], count: int) -> bool:
    return sum(len(talk.sent) for talk in talks) > count


HEAD = handover.packed_request(1_700_000_000_000_000, Request(host="h", target="/p", headers=Headers(())), {})


def exchange_frames(number: int, answer: bytes = b"answered") -> bytes:
    """Return the frames of an exchange."""
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
    lost = account.requested - account.recorded - account.counted
    with capsys.disabled():
        print(f"\ndisk: {account.tried} faults tried, {account.survived} survived; ", end="")
        print(f"{account.requested} exchanges requested, ", end="")
        print(
            f"{account.recorded} recorded completely, {account.counted} counted as not recorded, {lost} lost uncounted"
        )
    assert (account.survived, lost) == (account.tried, 0)
