import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.project import ROOT
from tests.recorder.ground import answering
from tests.recorder.test_addon import forever
from tests.upstream import HOST, serving, until
from wirelore.recorder import recording
from wirelore.recorder.recording import Recording, check_start, record
from wirelore.store.writer import Capture

pytestmark = pytest.mark.slow

CLIENT = """
import os, ssl, sys, urllib.request
context = ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])
opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), urllib.request.ProxyHandler())
print(opener.open(sys.argv[1]).read().decode())
sys.exit(int(sys.argv[2]))
"""
READER = """
answer = opener.open(sys.argv[1])
print("the answer has begun", flush=True)
answer.read()
"""
RECORDER = """
import signal, sys
for number in (signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.SIG_DFL)  # as in a terminal, whatever runs the tests
from wirelore.cli.main import main
main()
"""


def command(url: str, code: int = 0) -> list[str]:
    return [sys.executable, "-c", CLIENT, url, str(code)]


def recording_into(folder: Path, *arguments: str) -> list[str]:
    options = ["--captures", str(folder), "--name", "one", "--once"]
    return [sys.executable, "-c", RECORDER, "record", *options, *arguments]


@pytest.fixture
def base(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "tmp").mkdir()
    return {**os.environ, "XDG_DATA_HOME": str(tmp_path / "data"), "TMPDIR": str(tmp_path / "tmp")}


def test_a_command_is_recorded_and_keeps_its_exit_code(
    tmp_path: Path, base: dict[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    lines: list[Mapping[str, Any]] = []
    another_thread_s: list[int] = []

    def progress(line: Mapping[str, Any]) -> None:
        lines.append(line)
        another_thread_s.extend(os.pipe())

    with serving() as plain:
        plain.answers["/hello"] = answering(b"hello client")
        result = record(
            command(f"https://{HOST}/hello", 3),
            capture_folder=tmp_path / "capture",
            hosts=[HOST],
            route=f"127.0.0.1:{plain.port}",
            env=base,
            key=tmp_path / "key",
            progress=progress,
        )
    for descriptor in another_thread_s:
        os.close(descriptor)  # raises if the recording has closed it, mistaking it for its own
    assert result == Recording(3, tmp_path / "capture", True, {"other": 1}, {"complete": 1}, 0, 0, result.redacted)
    assert result.code == 3
    assert [(line["cause"], line["method"], line["host"], line["path"], line["status"]) for line in lines] == [
        ("complete", "GET", HOST, "/hello", 200)
    ]
    assert capfd.readouterr().out == "hello client\n"
    (exchange,) = Capture(tmp_path / "capture").exchanges()
    assert (exchange.request.scheme, exchange.request.host, exchange.request.target) == ("https", HOST, "/hello")


def test_an_incomplete_capture_turns_exit_code_0_into_2(tmp_path: Path, base: dict[str, str]) -> None:
    code = f"""
import os, signal, subprocess
{CLIENT.replace("sys.exit(int(sys.argv[2]))", "")}
parents = subprocess.run(["ps", "-ewwo", "pid=,args="], capture_output=True, text=True).stdout.splitlines()
(pid,) = [line.split()[0] for line in parents if "recorder." + "process {tmp_path}" in line]
os.kill(int(pid), signal.SIGKILL)
"""
    with serving() as plain:
        plain.answers["/hello"] = answering(b"hello client")
        result = record(
            [sys.executable, "-c", code, f"https://{HOST}/hello"],
            capture_folder=tmp_path / "capture",
            hosts=[HOST],
            route=f"127.0.0.1:{plain.port}",
            env=base,
            key=tmp_path / "key",
        )
    assert (result.client_code, result.complete, result.code) == (0, False, 2)
    assert "the recorder did not finish" in result.problem
    repaired = f"repaired {re.escape(str(tmp_path / 'capture'))}: its recorder was killed; [01] exchanges? present"
    assert re.search(repaired, result.problem)  # the exchange may have been written before the kill
    assert Capture(tmp_path / "capture").manifest["status"] == "repaired"


def test_a_ctrl_c_ends_the_client_and_the_capture_is_complete(tmp_path: Path, base: dict[str, str]) -> None:
    client = CLIENT.replace("print(opener.open(sys.argv[1]).read().decode())", READER)
    # A shell starts background jobs with Ctrl-C ignored, and children inherit that; restore the default of a terminal.
    program = f"""
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from wirelore.recorder.recording import record
command = {[sys.executable, "-c", client, f"https://{HOST}/stream"]!r}
recording = record(command, capture_folder=Path({str(tmp_path / "capture")!r}),
    hosts=[{HOST!r}], route=sys.argv[1], key=Path({str(tmp_path / "key")!r}))
print(recording.complete, recording.client_code, dict(recording.ends), flush=True)
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
        assert running.stdout is not None
        assert running.stdout.readline() == "the answer has begun\n"
        os.killpg(running.pid, signal.SIGINT)  # as a terminal does
        out, _ = running.communicate(timeout=30)
    assert out == "True 130 {'client-gone': 1}\n"


@pytest.mark.parametrize(
    ("number", "handler", "code"),
    [
        pytest.param(signal.SIGTERM, "signal.SIG_DFL", 143, id="SIGTERM ends the client"),
        pytest.param(signal.SIGHUP, "signal.SIG_DFL", 129, id="SIGHUP ends the client"),
        pytest.param(signal.SIGTERM, "lambda *_: sys.exit(7)", 7, id="the client has its own way with SIGTERM"),
    ],
)
def test_a_signal_to_the_recorder_is_the_clients_and_nothing_is_left_behind(
    tmp_path: Path, base: dict[str, str], number: signal.Signals, handler: str, code: int
) -> None:
    client = f"import signal, sys; signal.signal({int(number)}, {handler})\n{CLIENT}"
    with serving() as plain, (tmp_path / "said").open("w+") as output:
        plain.answers["/stream"] = forever
        options = ["--host", HOST, "--route", f"127.0.0.1:{plain.port}"]
        running = subprocess.Popen(
            recording_into(tmp_path, *options, "--", sys.executable, "-c", client, f"https://{HOST}/stream"),
            cwd=ROOT,
            env=base,
            stderr=output,
        )
        until(lambda: plain.seen or running.poll() is not None)
        assert list((tmp_path / "tmp").glob("wirelore-*"))
        running.send_signal(number)
        assert running.wait(30) == code
        output.seek(0)
        lines = output.read().splitlines()
    assert lines[1:3] == [f"  200 GET {HOST}/stream  client-gone", "recorded   1 exchange: errors 1"]
    assert Capture(tmp_path / "one").manifest["status"] == "complete"
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_signal_before_the_client_has_begun_keeps_it_from_beginning(tmp_path: Path, base: dict[str, str]) -> None:
    key = tmp_path / "key"
    os.mkfifo(key, 0o600)  # the recorder cannot start before it has read its key
    options = ["--captures", str(tmp_path), "--name", "one", "--key", str(key)]
    running = subprocess.Popen(
        [sys.executable, "-c", RECORDER, "record", *options, "--", "touch", str(tmp_path / "begun")],
        cwd=ROOT,
        env=base,
        stderr=subprocess.PIPE,
        text=True,
    )
    key.write_bytes(b"k" * 32)  # for the command, which checks the key first
    assert running.stderr is not None
    assert running.stderr.readline().startswith("recording into")
    with key.open("wb") as stream:  # waits until the recorder reads
        running.terminate()
        stream.write(b"k" * 32)
    running.communicate(timeout=30)
    assert running.returncode == 143
    assert not (tmp_path / "begun").exists()
    assert list((tmp_path / "tmp").iterdir()) == []


def test_signal_handlers_are_restored_afterwards() -> None:
    mine = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        hup = signal.signal(signal.SIGHUP, signal.SIG_IGN)
        with recording._relayed_signals() as relay:
            assert signal.getsignal(signal.SIGTERM) == relay.deliver
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
        signal.signal(signal.SIGHUP, hup)
    finally:
        signal.signal(signal.SIGTERM, mine)


def test_a_ctrl_c_is_the_clients_while_it_runs(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGINT)
    program = "import os, signal, sys; os.kill(os.getppid(), signal.SIGINT); sys.exit(7)"
    with recording._relayed_signals() as relay:
        assert recording._run([sys.executable, "-c", program], os.environ, tmp_path, relay, ()) == 7
    assert signal.getsignal(signal.SIGINT) is before


def test_a_recording_outside_the_main_thread_handles_no_signals() -> None:
    def within() -> object:
        with recording._relayed_signals():
            return signal.getsignal(signal.SIGTERM)

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(within).result() == signal.getsignal(signal.SIGTERM)


def test_a_command_is_looked_for_where_it_would_be_started(tmp_path: Path) -> None:
    tool, plain = tmp_path / "bin" / "tool", tmp_path / "bin" / "plain"
    tool.parent.mkdir()
    for path, mode in ((tool, 0o755), (plain, 0o644)):
        path.write_text("#!/bin/sh\n")
        path.chmod(mode)
    capture = tmp_path / "capture"
    check_start(["tool"], capture, {"PATH": str(tool.parent)})
    check_start(["bin/tool"], capture, {}, cwd=tmp_path)
    for name in ("plain", "bin/plain", "bin/none", "bin", ""):
        with pytest.raises(FileNotFoundError, match=f"^{name}: no such command; expected an executable"):
            check_start([name], capture, {"PATH": str(tool.parent)}, cwd=tmp_path)


def test_a_recorder_whose_starter_is_killed_finishes_by_itself(tmp_path: Path, base: dict[str, str]) -> None:
    program = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from wirelore.recorder.recording import record
record({command(f"https://{HOST}/stream")!r}, capture_folder=Path({str(tmp_path / "capture")!r}),
    hosts=[{HOST!r}], route=sys.argv[1], key=Path({str(tmp_path / "key")!r}))
"""
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
