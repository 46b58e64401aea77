"""Traffic for recorders that are killed, and the checks of their captures."""

import asyncio
import http.client
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.project import ROOT
from tests.upstream import serving, until
from wirelore.model.exchange import LOST, Exchange, Headers, Request, Response
from wirelore.recorder import handover
from wirelore.recorder.proxy import Proxy
from wirelore.store.integrity import problems
from wirelore.store.repair import repair
from wirelore.store.writer import Capture

HOST = "killed.test"
SECRET = b"sk-ant-api03-FAKE" + b"Qw7_" * 21
_PARTS = (SECRET[13:20], b"Qw7_Qw7_")
ENDED_S = 1.0
"""Exchanges that ended this many seconds before the kill must be present."""
_WORDS = b"the quick brown fox jumps over a lazy dog and comes home late".split()


@dataclass(slots=True)
class Sent:
    """One exchange as its client and server know it."""

    path: str
    request: bytearray = field(default_factory=bytearray)
    response: bytearray = field(default_factory=bytearray)
    begun_s: float = 0.0
    ended_s: float | None = None
    secret: bool = False


@dataclass(slots=True)
class Tally:
    """The totals over all kills."""

    kills: Counter[str] = field(default_factory=Counter)
    ended: int = 0
    lost: int = 0
    in_progress: int = 0
    saved: int = 0
    arrived: int = 0
    kept: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __str__(self) -> str:
        kills = ", ".join(f"{count} of {name}" for name, count in sorted(self.kills.items()))
        return (
            f"killed: {self.kills.total()} ({kills}); {self.ended} exchanges had ended {ENDED_S:.0f} s earlier, "
            f"{self.lost} of them lost; {self.in_progress} had been in progress for as long, {self.saved} of them are "
            f"present as aborted with {self.kept} of {self.arrived} bytes"
        )


def text(rng: random.Random, size: int) -> bytes:
    """Return this many bytes of plain words, in lines."""
    line = b" ".join(rng.choice(_WORDS) for _ in range(12)) + b"\n"
    return (line * (size // len(line) + 1))[:size]


def event(rng: random.Random, secret: bool) -> bytes:
    """Return one event of a stream."""
    words = b" ".join(rng.choice(_WORDS) for _ in range(rng.randrange(1, 30)))
    words += b" " + SECRET if secret and rng.random() < 0.2 else b""
    return b'event: content_block_delta\ndata: {"type":"content_block_delta","delta":{"text":"' + words + b'"}}\n\n'


def frames(rng: random.Random, number: int, sent: Sent) -> Iterator[bytes]:
    """Yield the frames of one exchange; `sent` is updated with each after it was written."""
    us = 0
    kind = rng.choice(["stream", "stream", "stream", "upload", "download", "small"])
    lines = (("content-type", "text/event-stream"),) if kind == "stream" else ()
    head = Request(method="POST", host="h", target=sent.path, headers=Headers((("x-api-key", SECRET.decode()),)))
    yield handover.packed(handover.BEGIN, number, 0, handover.packed_request(int(time.time() * 1e6), head, {}))
    sent.begun_s = time.monotonic()
    for _ in range(rng.randrange(1, 60) if kind == "upload" else 1):
        us += rng.randrange(50_000)
        data = text(rng, 20_000 if kind == "upload" else rng.randrange(1, 2_000))
        yield handover.packed(handover.REQUEST_BODY, number, us, data)
        sent.request += data
    answer = Response(headers=Headers(lines), status=200)
    yield handover.packed(handover.RESPONSE_HEAD, number, us, handover.packed_response(answer))
    for _ in range({"stream": rng.randrange(5, 300), "download": rng.randrange(1, 60)}.get(kind, 1)):
        data = text(rng, 20_000) if kind == "download" else event(rng, sent.secret)
        cut = rng.randrange(len(data)) if rng.random() < 0.3 else 0
        for piece in filter(None, (data[:cut], data[cut:])):
            us += rng.randrange(50_000)
            yield handover.packed(handover.RESPONSE_BODY, number, us, piece)
            sent.response += piece
    yield handover.packed(handover.END, number, us, handover.packed_end("complete", ""))
    sent.ended_s = time.monotonic()


def feed(rng: random.Random, write: Callable[[bytes], object]) -> list[Sent]:
    """Write frames of several concurrent exchanges until that fails; return the exchanges."""
    all_sent: list[Sent] = []
    in_progress: list[Iterator[bytes]] = []
    connections = rng.randrange(2, 9)
    with suppress(OSError):  # the recorder was killed
        while True:
            while len(in_progress) < connections:
                sent = Sent(f"/exchange/{len(all_sent)}", secret=rng.random() < 0.2)
                all_sent.append(sent)
                in_progress.append(frames(rng, len(all_sent), sent))
            exchange_frames = rng.choice(in_progress)
            frame = next(exchange_frames, None)
            if frame is None:
                in_progress.remove(exchange_frames)
                continue
            write(frame)
            if rng.random() < 0.3:
                time.sleep(rng.random() * 0.01)
    return all_sent


_AS_SOMEBODY = """
import locale, os, pwd, sys
from wirelore.recorder.process import main
from wirelore.redaction.redactor import Redactor
from wirelore.model.routes import packaged
Redactor(bytes(32)), packaged()  # read and import these before the user loses access to their folders
os.setgroups([]), os.setgid(65534), os.setuid(65534)
sys.exit(main(sys.argv[1:]))
"""


def recorder(folder: Path, *options: str, as_somebody: bool = False) -> "subprocess.Popen[bytes]":
    """Return a recorder process that is ready.

    `as_somebody` runs it as another user than root, who has all permissions.
    """
    program = ["-c", _AS_SOMEBODY] if as_somebody else ["-m", "wirelore.recorder.process"]
    process = subprocess.Popen(
        [sys.executable, "-P", *program, str(folder / "capture"), *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT), "XDG_DATA_HOME": str(folder / "data")},
        bufsize=0,
    )
    assert process.stdout is not None
    assert b"ready" in process.stdout.readline()
    return process


def kill_recorder(folder: Path, seed: int, tally: Tally) -> None:
    """Feed a recorder, kill it at a random moment, repair the capture and check it."""
    rng = random.Random(seed)
    process = recorder(folder)
    killed: list[float] = []

    def kill() -> None:
        killed.append(time.monotonic())
        process.send_signal(signal.SIGKILL)

    timer = threading.Timer(rng.uniform(0.05, 3.5), kill)
    timer.start()
    assert process.stdin is not None
    sent = feed(rng, process.stdin.write)
    timer.join()
    process.wait()
    with suppress(BrokenPipeError):
        process.stdin.close()
    assert process.stdout is not None
    process.stdout.close()
    check(folder / "capture", sent, killed[0], "recorder", tally)


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Read a body and send an event stream, with length and pace given by the path."""
    with suppress(OSError, asyncio.IncompleteReadError):
        head = await reader.readuntil(b"\r\n\r\n")
        count, pause_ms, seed = map(int, head.split(b" ", 2)[1].decode().split("/")[-3:])
        await reader.readexactly(int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]))
        rng = random.Random(seed)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")
        for _ in range(count):
            writer.write(event(rng, secret=seed % 4 == 0))
            await writer.drain()
            await asyncio.sleep(pause_ms / 1e3)
    writer.close()


class Talk(threading.Thread):
    """A client that sends requests repeatedly; `failed` is its error, `sent` its exchanges."""

    def __init__(self, port: int, rng: random.Random) -> None:
        super().__init__(daemon=True)
        self.sent: list[Sent] = []
        self.failed: Exception | None = None
        self.enough = threading.Event()
        self._port, self._rng = port, rng

    def run(self) -> None:
        """Send requests until `enough` is set, then finish the request in progress."""
        try:
            while not self.enough.is_set():
                self._ask()
        except (OSError, http.client.HTTPException) as fault:
            self.failed = fault

    def _ask(self) -> None:
        rng, seed = self._rng, self._rng.randrange(1 << 30)
        exchange = Sent(f"/exchange/{rng.randrange(1, 60)}/{rng.randrange(10)}/{seed}", secret=seed % 4 == 0)
        body = text(rng, rng.choice([10, 1_000, 300_000]))
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        self.sent.append(exchange)
        connection.request("POST", f"http://{HOST}{exchange.path}", body=body, headers={"x-api-key": SECRET.decode()})
        exchange.request += body
        response = connection.getresponse()
        exchange.begun_s = time.monotonic()
        while piece := response.read1(1 << 16):
            exchange.response += piece
        exchange.ended_s = time.monotonic()
        connection.close()


def kill_proxied(folder: Path, seed: int, victims: tuple[str, ...], tally: Tally) -> None:
    """Do the same with a real mitmdump in front of the recorder: kill one of them, or both."""
    rng = random.Random(seed)
    with serving(client=answer) as server:
        options: dict[str, str | int | bool] = {
            "wirelore_capture": str(folder / "capture"),
            "wirelore_hosts": HOST,
            "wirelore_route": f"{HOST}=127.0.0.1:{server.port}",
        }
        scripts = [ROOT / "addons" / "record.py", ROOT / "addons" / "route.py"]
        with Proxy(scripts, options, env={**os.environ, "XDG_DATA_HOME": str(folder / "data")}) as proxy:
            pids = {"recorder": child(proxy.process.pid), "mitmdump": proxy.process.pid}
            talks = [Talk(proxy.port, random.Random(seed * 10 + number)) for number in range(4)]
            for talk in talks:
                talk.start()
            time.sleep(rng.uniform(0.3, 3.0))
            killed_s = time.monotonic()
            for victim in victims:
                os.kill(pids[victim], signal.SIGKILL)
            for talk in talks:
                talk.enough.set()
            for talk in talks:
                talk.join(30)
            until(lambda: proxy.stop() and is_gone(pids["recorder"]), 30)
            if "mitmdump" not in victims:
                assert [talk.failed for talk in talks] == [None] * len(talks), "a client noticed"
                assert proxy.code == 2, proxy.output()
    check(
        folder / "capture",
        [exchange for talk in talks for exchange in talk.sent],
        killed_s,
        " and ".join(victims),
        tally,
    )


def child(pid: int) -> int:
    """Return the only child of a process."""
    (child_pid,) = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(child_pid)


def is_gone(pid: int) -> bool:
    """Return True if a process has ended, reaped or not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def check(capture: Path, sent: list[Sent], killed_s: float, victim: str, tally: Tally) -> None:
    """Check the promises for a capture whose recorder or proxy was killed."""
    assert_nothing_secret(capture)
    manifest = Capture(capture).manifest
    result = repair(capture)
    assert (result is not None) == (manifest["status"] == "recording")
    assert repair(capture) is None, "a repaired capture needs no repair"
    assert_nothing_secret(capture)
    assert [problem for problem in problems(capture) if not problem.note] == []
    assert not (capture / ".partial").exists()
    exchanges = {exchange.request.path: exchange for exchange in Capture(capture).exchanges()}
    ended = [exchange for exchange in sent if exchange.ended_s is not None and exchange.ended_s <= killed_s - ENDED_S]
    lost = [
        exchange.path
        for exchange in ended
        if exchange.path not in exchanges or not _is_whole(exchanges[exchange.path], exchange)
    ]
    early = {id(exchange) for exchange in ended}
    in_progress = [
        exchange for exchange in sent if id(exchange) not in early and 0 < exchange.begun_s <= killed_s - ENDED_S
    ]
    missing = [exchange.path for exchange in in_progress if exchange.path not in exchanges]
    aborted = [
        exchange for exchange in sent if exchange.path in exchanges and not exchanges[exchange.path].end.is_complete
    ]
    for exchange in aborted:
        assert exchanges[exchange.path].end.cause in (LOST, "shutdown"), exchanges[exchange.path].end
        assert exchange.secret or _is_beginning(exchanges[exchange.path], exchange), exchange.path
    with tally.lock:
        tally.kills[victim] += 1
        tally.ended += len(ended)
        tally.lost += len(lost) + len(missing)
        tally.in_progress += len(in_progress)
        tally.saved += sum(exchange.path in exchanges for exchange in in_progress)
        tally.arrived += sum(len(exchange.request) + len(exchange.response) for exchange in aborted)
        tally.kept += sum(_size(exchanges[exchange.path]) for exchange in aborted)
    assert (lost, missing) == ([], [])


def _is_whole(exchange: Exchange, sent: Sent) -> bool:
    if exchange.end.cause != "complete" or exchange.response is None:
        return False
    bodies = (exchange.request.body.read(), exchange.response.body.read())
    if sent.secret:
        return tuple(map(len, bodies)) == (len(sent.request), len(sent.response))
    return bodies == (bytes(sent.request), bytes(sent.response))


def _is_beginning(exchange: Exchange, sent: Sent) -> bool:
    answer = exchange.response.body.read() if exchange.response else b""
    # The frame in progress at the kill has arrived, but `sent` does not include it.
    return _agree(exchange.request.body.read(), sent.request) and _agree(answer, sent.response)


def _agree(recorded: bytes, arrived: bytes | bytearray) -> bool:
    size = min(len(recorded), len(arrived))
    return recorded[:size] == arrived[:size]


def _size(exchange: Exchange) -> int:
    return exchange.request.body.size + (exchange.response.body.size if exchange.response else 0)


def assert_nothing_secret(folder: Path) -> None:
    """Check that no file has a byte sequence of the secret, complete or partial."""
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(part in content for part in _PARTS), path
