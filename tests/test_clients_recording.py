import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from captures.store import Capture
from clients.recording import Recording, record
from tests.project import ROOT
from tests.test_addons_record import answering, forever
from tests.upstream import HOST, serving

CLIENT = """
import os, ssl, sys, urllib.request
context = ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])
opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), urllib.request.ProxyHandler())
print(opener.open(sys.argv[1]).read().decode())
sys.exit(int(sys.argv[2]))
"""


def command(url: str, code: int = 0) -> list[str]:
    return [sys.executable, "-c", CLIENT, url, str(code)]


@pytest.fixture
def base(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "XDG_DATA_HOME": str(tmp_path / "data")}


def test_a_command_is_recorded_and_keeps_its_exit_code(
    tmp_path: Path, base: dict[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    told: list[Mapping[str, Any]] = []
    with serving() as plain:
        plain.answers["/hello"] = answering(b"hello client")
        made = record(
            command(f"https://{HOST}/hello", 3),
            capture_folder=tmp_path / "capture",
            hosts=[HOST],
            route=f"127.0.0.1:{plain.port}",
            env=base,
            key=tmp_path / "key",
            progress=told.append,
        )
    assert made == Recording(3, tmp_path / "capture", True, {"other": 1}, {"complete": 1}, 0, 0, made.redacted)
    assert made.code == 3
    assert [each["cause"] for each in told] == ["complete"]
    assert capfd.readouterr().out == "hello client\n"
    (exchange,) = Capture(tmp_path / "capture").exchanges()
    assert (exchange.request.scheme, exchange.request.host, exchange.request.target) == ("https", HOST, "/hello")


def test_a_capture_that_lacks_something_makes_a_success_a_2(tmp_path: Path, base: dict[str, str]) -> None:
    code = f"""
import os, signal, subprocess
{CLIENT.replace("sys.exit(int(sys.argv[2]))", "")}
parents = subprocess.run(["ps", "-eo", "pid=,args="], capture_output=True, text=True).stdout.splitlines()
(pid,) = [line.split()[0] for line in parents if "captures." + "recorder {tmp_path}" in line]
os.kill(int(pid), signal.SIGKILL)
"""
    with serving() as plain:
        plain.answers["/hello"] = answering(b"hello client")
        made = record(
            [sys.executable, "-c", code, f"https://{HOST}/hello"],
            capture_folder=tmp_path / "capture",
            hosts=[HOST],
            route=f"127.0.0.1:{plain.port}",
            env=base,
            key=tmp_path / "key",
        )
    assert (made.client_code, made.complete, made.code) == (0, False, 2)
    assert "the recorder did not finish" in made.problem


def test_a_ctrl_c_ends_the_client_and_the_capture_is_whole(tmp_path: Path, base: dict[str, str]) -> None:
    # A shell starts its background jobs with Ctrl-C ignored, which is inherited: here it is as in a terminal.
    program = f"""
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from clients.recording import record
made = record({command(f"https://{HOST}/stream")!r}, capture_folder=Path({str(tmp_path / "capture")!r}),
    hosts=[{HOST!r}], route=sys.argv[1], key=Path({str(tmp_path / "key")!r}))
print(made.complete, made.client_code, dict(made.ends), flush=True)
"""
    with serving() as plain:
        plain.answers["/stream"] = forever
        running = subprocess.Popen(
            [sys.executable, "-c", program, f"127.0.0.1:{plain.port}"],
            env=base,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        while not plain.seen:
            assert running.poll() is None
        os.killpg(running.pid, signal.SIGINT)  # as a terminal does
        out, _ = running.communicate(timeout=30)
    assert out == "True 130 {'client-gone': 1}\n"


def test_a_recorder_whose_starter_is_killed_finishes_by_itself(tmp_path: Path, base: dict[str, str]) -> None:
    program = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from clients.recording import record
record({command(f"https://{HOST}/stream")!r}, capture_folder=Path({str(tmp_path / "capture")!r}),
    hosts=[{HOST!r}], route=sys.argv[1], key=Path({str(tmp_path / "key")!r}))
"""
    from tests.upstream import until

    with serving() as plain:
        plain.answers["/stream"] = forever
        running = subprocess.Popen(
            [sys.executable, "-c", program, f"127.0.0.1:{plain.port}"],
            env=base,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        until(lambda: plain.seen)
        running.kill()
        running.wait()
        until(lambda: Capture(tmp_path / "capture").manifest["status"] == "complete")
        os.killpg(running.pid, signal.SIGKILL)
    assert Capture(tmp_path / "capture").manifest["ends"] == {"shutdown": 1}
