import asyncio
import http.client
import json
import os
import signal
import ssl
import subprocess
import zlib
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Protocol

import brotli
import httpx
import pytest

from tests.recorder.ground import ADDON, ROUTE, Ground, answering, environment
from tests.upstream import HOST, Answer, certificate, exchanges, serving, until, wait_for_exchange
from wirelore.model.zstd import zstd
from wirelore.recorder.proxy import Proxy
from wirelore.store.writer import Capture

pytestmark = pytest.mark.slow

CANARY = "sk-ant-api03-" + "Can4ry_" * 12


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    folder = tmp_path_factory.mktemp("ground")
    ca, pair = certificate(folder, HOST, "other.test", "pass.test")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair)
    capture = folder / "capture"
    with serving() as plain, serving(context) as secure:
        route = (
            f"plain.test=127.0.0.1:{plain.port}, {HOST}=https://127.0.0.1:{secure.port}, "
            f"wrong.test=https://127.0.0.1:{secure.port}, pass.test=https://127.0.0.1:{secure.port}, "
            f"passplain.test=127.0.0.1:{plain.port}, refused.test=127.0.0.1:1"
        )
        options = {
            "wirelore_capture": str(capture),
            "wirelore_hosts": f"plain.test,{HOST},wrong.test,refused.test",
            "wirelore_route": route,
            "ssl_verify_upstream_trusted_ca": str(ca),
        }
        with Proxy([ADDON, ROUTE], options, env=environment(folder)) as proxy:
            yield Ground(proxy, plain, secure, capture)


async def write_chunk(writer: asyncio.StreamWriter, data: bytes) -> None:
    if data:
        writer.write(b"%x\r\n%b\r\n" % (len(data), data))
        await writer.drain()


class Gzip:
    def __init__(self, window: int) -> None:
        self.state = zlib.compressobj(wbits=window)

    def feed(self, data: bytes) -> bytes:
        return self.state.compress(data) + self.state.flush(zlib.Z_SYNC_FLUSH)

    def finish(self) -> bytes:
        return self.state.flush()


class Brotli:
    def __init__(self) -> None:
        self.state = brotli.Compressor()

    def feed(self, data: bytes) -> bytes:
        return bytes(self.state.process(data) + self.state.flush())

    def finish(self) -> bytes:
        return bytes(self.state.finish())


class Zstd:
    def __init__(self) -> None:
        self.state = zstd.ZstdCompressor()

    def feed(self, data: bytes) -> bytes:
        return self.state.compress(data, self.state.FLUSH_BLOCK)

    def finish(self) -> bytes:
        return self.state.flush()


class Plain:
    def feed(self, data: bytes) -> bytes:
        return data

    def finish(self) -> bytes:
        return b""


class Encoder(Protocol):
    def feed(self, data: bytes) -> bytes: ...
    def finish(self) -> bytes: ...


ENCODERS: dict[str, Callable[[], Encoder]] = {
    "identity": Plain,
    "gzip": lambda: Gzip(zlib.MAX_WBITS | 16),
    "deflate": lambda: Gzip(zlib.MAX_WBITS),
    "br": Brotli,
    "zstd": Zstd,
}


@pytest.mark.parametrize("encoding", ENCODERS)
def test_each_event_reaches_the_client_before_the_next_is_sent_and_keeps_its_time(
    ground: Ground, encoding: str
) -> None:
    path = f"/stream-{encoding}"
    pause_s = 0.15

    async def answer(target: str, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        encoder = ENCODERS[encoding]()
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n"
            b"content-encoding: " + encoding.encode() + b"\r\n\r\n"
        )
        for name in (b"one", b"two", b"three"):
            await write_chunk(writer, encoder.feed(b"event: " + name + b"\ndata: {}\n\n"))
            await asyncio.get_running_loop().run_in_executor(None, ground.secure.go.wait, 10)
            ground.secure.go.clear()
            await asyncio.sleep(pause_s)
        await write_chunk(writer, encoder.finish())
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    ground.secure.go.clear()
    ground.secure.answers[path] = answer
    with ground.client() as client, client.stream("GET", f"https://{HOST}{path}") as response:
        for piece in response.iter_raw():
            assert piece
            ground.secure.go.set()  # only now does the server send the next event
    exchange = wait_for_exchange(ground.capture, path)
    assert exchange.response is not None
    assert exchange.category == "streaming"
    events = list(exchange.response.events())
    assert [event.name for event in events] == ["one", "two", "three"]
    times = [event.us or 0 for event in events]
    assert all(later - earlier > pause_s * 0.9e6 for earlier, later in pairwise(times)), times
    assert exchange.response.body.undecoded is None


def test_headers_keep_order_case_and_duplicates(ground: Ground) -> None:
    ground.secure.answers["/headers"] = answering(b"{}", b"X-Second: 2", b"x-first: 1", b"X-Second: 3")
    with ground.tunnel(HOST) as sock:
        lines = [f"Host: {HOST}", "X-Two: b", "x-one: a", "X-TWO: c", "Accept: */*"]
        sock.sendall(("GET /headers?a=1 HTTP/1.1\r\n" + "\r\n".join(lines) + "\r\n\r\n").encode())
        assert sock.recv(65536).startswith(b"HTTP/1.1 200")
    exchange = wait_for_exchange(ground.capture, "/headers")
    assert [f"{name}: {value}" for name, value in exchange.request.headers] == lines
    assert exchange.response is not None
    expected = [("X-Second", "2"), ("x-first", "1"), ("X-Second", "3"), ("content-length", "2")]
    assert list(exchange.response.headers) == expected
    assert (exchange.request.target, exchange.request.host, exchange.request.scheme) == ("/headers?a=1", HOST, "https")


def test_a_body_of_20_megabytes_is_complete_in_both_directions(ground: Ground) -> None:
    body = bytes(range(256)) * (20 * 4096)

    async def echo(target: str, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        content = await reader.readexactly(len(body))
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(content) + content)
        await writer.drain()

    ground.secure.answers["/large"] = echo
    with ground.client() as client:
        assert client.post(f"https://{HOST}/large", content=body).content == body
    exchange = wait_for_exchange(ground.capture, "/large")
    assert exchange.response is not None
    assert exchange.end.cause == "complete"
    assert (exchange.request.body.size, exchange.response.body.size) == (len(body), len(body))
    assert exchange.request.body.read() == body
    assert exchange.response.body.read() == body


async def forever(target: str, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    await write_chunk(writer, b"event: one\ndata: 1\n\n")
    await reader.read()


def test_a_client_that_leaves_is_the_cause_of_the_end(ground: Ground) -> None:
    ground.secure.answers["/left"] = forever
    with ground.tunnel(HOST) as sock:
        sock.sendall(f"GET /left HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        assert sock.recv(65536)
    exchange = wait_for_exchange(ground.capture, "/left")
    assert (exchange.end.cause, exchange.category) == ("client-gone", "errors")


def test_a_client_that_leaves_within_its_request_is_the_cause_of_the_end(ground: Ground) -> None:
    ground.secure.answers["/half"] = forever
    with ground.tunnel(HOST) as sock:
        sock.sendall(f"POST /half HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 100\r\n\r\nfirst".encode())
        until(lambda: any(b"/half" in head for head in ground.secure.seen))
    exchange = wait_for_exchange(ground.capture, "/half")
    assert exchange.end.cause == "client-gone"
    assert exchange.request.body.read() == b"first"


def test_a_refused_connection_is_the_cause_of_the_end(ground: Ground) -> None:
    with ground.client() as client:
        assert client.get("https://refused.test/refused").status_code == 502
    exchange = wait_for_exchange(ground.capture, "/refused")
    assert (exchange.end.cause, exchange.response) == ("upstream-refused", None)


async def cut(target: str, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf")
    await writer.drain()


async def silent(target: str, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    return


async def garbage(target: str, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"this is no HTTP\r\n\r\n")
    await writer.drain()


@pytest.mark.parametrize(
    ("path", "answer", "cause"),
    [
        ("/cut", cut, "upstream-cut"),
        ("/silent", silent, "no-response"),
        ("/garbage", garbage, "protocol-error"),
    ],
)
def test_a_server_that_breaks_off_is_the_cause_of_the_end(
    ground: Ground, path: str, answer: Answer, cause: str
) -> None:
    ground.secure.answers[path] = answer
    with ground.client() as client:
        try:
            client.get(f"https://{HOST}{path}")
        except httpx.RemoteProtocolError:
            assert path == "/cut"
    exchange = wait_for_exchange(ground.capture, path)
    assert exchange.end.cause == cause, exchange.end
    if path == "/cut":
        assert exchange.response is not None
        assert exchange.response.body.read() == b"half"


def test_an_invalid_certificate_of_the_server_is_the_cause_of_the_end(ground: Ground) -> None:
    with ground.client() as client:
        assert client.get("https://wrong.test/wrong").status_code == 502
    exchange = wait_for_exchange(ground.capture, "/wrong")
    assert exchange.end.cause == "tls-failed"
    assert "ertificate" in exchange.end.message


def test_a_response_before_the_end_of_the_request_is_recorded(ground: Ground) -> None:
    ground.secure.answers["/early"] = answering(b"too large", status=b"413 Content Too Large")
    with ground.tunnel(HOST) as sock:
        sock.sendall(f"POST /early HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 1000\r\n\r\nfirst".encode())
        answer = b""
        while b"too large" not in answer:
            answer += sock.recv(65536)
    exchange = wait_for_exchange(ground.capture, "/early")
    assert exchange.response is not None
    assert (exchange.response.status, exchange.end.cause) == (413, "complete")
    assert exchange.response.body.read() == b"too large"
    assert exchange.request.body.read() == b"first"


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_a_request_in_absolute_form_is_recorded_as_such(ground: Ground, scheme: str) -> None:
    host, server = {"https": (HOST, ground.secure), "http": ("plain.test", ground.plain)}[scheme]
    server.answers[f"/absolute-{scheme}"] = answering(b"{}")
    connection = http.client.HTTPConnection("127.0.0.1", ground.proxy.port, timeout=20)
    target = f"{scheme}://{host}/absolute-{scheme}?x=%20y"
    connection.request("GET", target, headers={"authorization": f"Bearer {CANARY}"})
    assert connection.getresponse().read() == b"{}"
    connection.close()
    exchange = wait_for_exchange(ground.capture, f"/absolute-{scheme}")
    assert (exchange.request.target, exchange.request.scheme, exchange.request.host) == (target, scheme, host)
    assert server.seen[-1].startswith(f"GET /absolute-{scheme}?x=%20y HTTP/1.1".encode())


async def websocket(target: str, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"  # RFC 6455, 1.3
    )
    await reader.readexactly(6 + 5)
    writer.write(b"\x81\x02ok\x81\x03two")
    await reader.readexactly(6 + 2)
    writer.write(b"\x88\x02\x03\xe8")
    await writer.drain()


def test_a_websocket_passes_and_is_noted(ground: Ground) -> None:
    ground.secure.answers["/socket"] = websocket
    with ground.tunnel(HOST) as sock:
        sock.sendall(
            f"GET /socket HTTP/1.1\r\nHost: {HOST}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        received = b""
        while b"\r\n\r\n" not in received:
            received += sock.recv(65536)
        assert received.startswith(b"HTTP/1.1 101")
        sock.sendall(b"\x81\x85\0\0\0\0hello")
        received = received.partition(b"\r\n\r\n")[2]
        while b"two" not in received:
            received += sock.recv(65536)
        sock.sendall(b"\x88\x82\0\0\0\0\x03\xe8")
        sock.recv(65536)
    exchange = wait_for_exchange(ground.capture, "/socket")
    assert exchange.end.cause == "complete"
    document = json.loads((ground.capture / exchange.id / "exchange.json").read_text())
    assert document["websocket"] == {
        "client": {"bytes": 5, "messages": 1},
        "server": {"bytes": 5, "messages": 2},
        "close_code": 1000,
        "closed_by_client": True,
    }


async def vanish(target: str, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n\x81\x02ok"  # RFC 6455, 1.3
    )
    await writer.drain()
    if target == "/socket-left":
        await reader.read()


@pytest.mark.parametrize(("path", "cause"), [("/socket-left", "client-gone"), ("/socket-cut", "upstream-cut")])
def test_a_websocket_without_a_close_frame_was_cut_off(ground: Ground, path: str, cause: str) -> None:
    ground.secure.answers[path] = vanish
    with ground.tunnel(HOST) as sock:
        sock.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        received = b""
        while b"ok" not in received:
            received += sock.recv(65536)
        while cause == "upstream-cut" and sock.recv(65536):
            pass  # stay connected until the server has closed the connection
    exchange = wait_for_exchange(ground.capture, path)
    assert exchange.end.cause == cause
    assert exchange.end.message.endswith("closed the WebSocket without a close frame")


async def endless(target: str, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nx-long: " + b"y" * 1_000_000)
    await writer.drain()


def test_invalid_data_quoted_by_the_proxy_are_shortened(ground: Ground) -> None:
    ground.secure.answers["/endless"] = endless
    with ground.client() as client:
        assert client.get(f"https://{HOST}/endless").status_code == 502
    exchange = wait_for_exchange(ground.capture, "/endless")
    assert (exchange.end.cause, len(exchange.end.message)) == ("upstream-cut", 2024)


def test_a_started_capture_has_the_status_recording(ground: Ground) -> None:
    assert Capture(ground.capture).manifest["status"] == "recording"


def started_stream(ground: Ground) -> ssl.SSLSocket:
    ground.secure.answers["/open"] = forever
    sock = ground.tunnel(HOST)
    request = (
        f"POST /open HTTP/1.1\r\nHost: {HOST}\r\nx-api-key: {CANARY}\r\nContent-Length: {len(CANARY)}\r\n\r\n{CANARY}"
    )
    sock.sendall(request.encode())
    assert b"HTTP/1.1 200" in sock.recv(65536)
    return sock


def test_a_stream_open_at_shutdown_is_written_and_nothing_unredacted_is_on_the_disk(own: Ground) -> None:
    with started_stream(own):
        until(lambda: list(own.capture.glob(".partial/*")))
        assert own.proxy.stop() == 0, own.proxy.output()
    (exchange,) = exchanges(own.capture)
    assert (exchange.end.cause, exchange.category) == ("shutdown", "errors")
    assert exchange.request.body.size == len(CANARY)
    files = [path for path in own.capture.rglob("*") if path.is_file()]
    assert len(files) == 5
    assert [path for path in files if CANARY[13:40].encode() in path.read_bytes()] == []


async def swallow(target: str, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    await reader.readexactly(100_000)
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nafter")
    await writer.drain()
    return True


def recorder_of(proxy: Proxy) -> int:
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(proxy.process.pid)], capture_output=True, text=True)
    (pid,) = listed.stdout.split()
    return int(pid)


def test_a_killed_recorder_does_not_affect_the_client_and_sets_the_exit_code(own: Ground) -> None:
    own.secure.answers["/after"] = swallow
    own.secure.answers["/last"] = answering(b"last")
    own.secure.answers["/before"] = answering(b"before")
    with own.client() as client:
        assert client.get(f"https://{HOST}/before").content == b"before"
        wait_for_exchange(own.capture, "/before")
        os.kill(recorder_of(own.proxy), signal.SIGKILL)
        for _ in range(3):
            assert client.post(f"https://{HOST}/after", content=b"x" * 100_000).content == b"after"
        until(lambda: "the recorder process is gone" in own.proxy.output())
        assert client.get(f"https://{HOST}/last").content == b"last"
    assert own.proxy.stop() == 2, own.proxy.output()
    assert "is incomplete" in own.proxy.output()
    assert Capture(own.capture).manifest["status"] == "recording"


def test_a_stopped_recorder_does_not_delay_the_client_and_losses_are_counted(tmp_path: Path) -> None:
    ca, pair = certificate(tmp_path, HOST)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair)
    body = b"x" * 6_000_000
    with serving(context) as secure:
        options: dict[str, str | int | bool] = {
            "wirelore_capture": str(tmp_path / "capture"),
            "wirelore_hosts": HOST,
            "wirelore_backlog": 2,
            "wirelore_route": f"https://127.0.0.1:{secure.port}",
            "ssl_verify_upstream_trusted_ca": str(ca),
        }
        with Proxy([ADDON, ROUTE], options, env=environment(tmp_path)) as proxy:
            ground = Ground(proxy, secure, secure, tmp_path / "capture")
            recorder = recorder_of(proxy)
            os.kill(recorder, signal.SIGSTOP)
            try:
                secure.answers["/much"] = answering(body)
                with ground.client() as client:
                    assert client.get(f"https://{HOST}/much").content == body
            finally:
                os.kill(recorder, signal.SIGCONT)
            assert proxy.stop() == 2
            assert "is incomplete" in proxy.output()
    (exchange,) = exchanges(tmp_path / "capture")
    assert exchange.response is not None
    assert exchange.end.cause == "not-recorded"
    assert 0 < exchange.response.body.size < len(body)
    assert Capture(tmp_path / "capture").manifest["ends"] == {"not-recorded": 1}
