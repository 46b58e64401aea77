"""The cost of recording, compared with a mitmdump that streams without recording (`stream=True`).

`python benchmarks/recorder.py [--quick]` runs both proxies against the same loopback server, interleaved, and prints
ratios (medians): CPU time of the proxy process per event and per 500 kB POST, time to the first event, and the peak
memory of either process for a 200 MB response.
"""

import argparse
import asyncio
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from wirelore.recorder.proxy import Proxy  # noqa: E402 - run by path

_STREAM = """
def requestheaders(flow):
    flow.request.stream = True
def responseheaders(flow):
    flow.response.stream = True
"""
_EVENT = b'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"text":"word"}}\n\n'
_MB = 1 << 20


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer `/events/N/MICROSECONDS` and `/bytes/MEGABYTES[/MEGABYTES_A_SECOND]`; read and discard a POST."""
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            method, target = head.split(b" ", 2)[:2]
            parts = target.decode().strip("/").split("/")
            if method == b"POST":
                size = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
                await reader.readexactly(size)
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
            elif parts[0] == "events":
                writer.write(
                    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
                )
                for _ in range(int(parts[1])):
                    writer.write(b"%x\r\n%b\r\n" % (len(_EVENT), _EVENT))
                    await writer.drain()
                    await asyncio.sleep(int(parts[2]) / 1e6)
                writer.write(b"0\r\n\r\n")
            else:
                block = bytes(range(256)) * 256
                count = int(parts[1]) * 16
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % (count * len(block)))
                began = time.perf_counter()
                for number in range(count):
                    writer.write(block)
                    await writer.drain()
                    if len(parts) > 2:
                        due = began + number / 16 / float(parts[2])
                        await asyncio.sleep(max(0.0, due - time.perf_counter()))
            await writer.drain()
    except (asyncio.IncompleteReadError, OSError):
        writer.close()


def _served() -> int:
    """Start the server in a thread, and return its port."""
    ready: list[int] = []
    started = threading.Event()

    async def serve() -> None:
        server = await asyncio.start_server(_answer, "127.0.0.1", 0)
        ready.append(server.sockets[0].getsockname()[1])
        started.set()
        await server.serve_forever()

    threading.Thread(target=lambda: asyncio.run(serve()), daemon=True).start()
    started.wait()
    return ready[0]


def _ask(proxy: Proxy, request: bytes, first: bytes, size: int | None) -> float:
    """Send a request through the proxy, read the response, and return the seconds until `first` arrived."""
    with socket.create_connection(("127.0.0.1", proxy.port)) as sock:
        begun = time.perf_counter()
        sock.sendall(request)
        came, window, total, body = 0.0, b"", 0, -1
        while block := sock.recv(1 << 18):
            window = window[-200:] + block
            total += len(block)
            if not came and first in window:
                came = time.perf_counter() - begun
            if body < 0 and b"\r\n\r\n" in window:
                body = total - len(window.partition(b"\r\n\r\n")[2])
            if total - body >= size if size else window.endswith(b"\r\n0\r\n\r\n"):
                break
    return came


def _cpu(pid: int) -> float:
    """Return the CPU seconds of the process's threads, to the microsecond; /proc/PID/stat has only hundredths."""
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


def _peak(pid: int) -> float:
    """Return VmHWM in MB."""
    (line,) = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def _recorder(proxy: Proxy) -> int | None:
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(proxy.process.pid)], capture_output=True, text=True)
    return int(listed.stdout.split()[0]) if listed.stdout.split() else None


def _compared(
    name: str, pairs: int, proxies: tuple[Proxy, Proxy], measure: Callable[[Proxy], float], unit: str
) -> None:
    """Print the medians and their ratio; the order of each pair alternates."""
    found: dict[Proxy, list[float]] = {proxy: [] for proxy in proxies}
    for number in range(pairs):
        for proxy in proxies if number % 2 else proxies[::-1]:
            found[proxy].append(measure(proxy))
    streaming, recording = (statistics.median(found[proxy]) for proxy in proxies)
    _show(name, streaming, recording, unit)


def _show(name: str, streaming: float, recording: float, unit: str) -> None:
    ratio = recording / streaming
    print(f"{name:32} stream=True {streaming:9.2f} {unit:4} recorder {recording:9.2f} {unit:4} ratio {ratio:5.2f}")


def _spent(proxy: Proxy, work: Callable[[], object], count: int) -> float:
    """Return the proxy's CPU time per piece of work, in microseconds."""
    before = _cpu(proxy.process.pid)
    work()
    return (_cpu(proxy.process.pid) - before) / count * 1e6


def _measured(port: int, proxies: tuple[Proxy, Proxy], quick: bool) -> None:
    base = f"http://127.0.0.1:{port}"
    pairs, events, posts = (4, 3000, 20) if quick else (21, 10_000, 60)

    def get(path: str) -> bytes:
        return f"GET {base}{path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()

    post = (
        (
            f"POST {base}/v1/messages HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            f"Content-Type: application/json\r\nContent-Length: 500000\r\n\r\n"
        ).encode()
        + b'{"text":"'
        + b"some words of text " * 26314
        + b'12345678901234567890123"}'
    )
    post = post[: post.index(b"\r\n\r\n") + 4 + 500_000]

    def stream(proxy: Proxy, pause: int) -> float:
        count = events // 5 if pause else events
        return _spent(proxy, lambda: _ask(proxy, get(f"/events/{count}/{pause}"), b"event:", None), count)

    def posted(proxy: Proxy) -> float:
        return _spent(proxy, lambda: [_ask(proxy, post, b"{}", 2) for _ in range(posts)], posts)

    _compared("CPU per event, back to back", pairs, proxies, lambda proxy: stream(proxy, 0), "us")
    _compared("CPU per event, 1 ms apart", max(3, pairs // 3), proxies, lambda proxy: stream(proxy, 1000), "us")
    _compared("CPU per 500 kB POST", pairs, proxies, posted, "us")
    first = get("/events/2/1000")
    _compared("time to first event", pairs * 5, proxies, lambda proxy: _ask(proxy, first, b"event:", None) * 1e3, "ms")


def _memory(port: int, proxies: tuple[Proxy, Proxy], rate: str, name: str) -> None:
    request = f"GET http://127.0.0.1:{port}/bytes/200{rate} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
    for proxy in proxies:
        _ask(proxy, request, b"\0", 200 * _MB)
    streaming, recording = (_peak(proxy.process.pid) for proxy in proxies)
    _show(f"peak memory, 200 MB {name}", streaming, recording, "MB")
    if recorder := _recorder(proxies[1]):
        print(f"{'':32} the recorder process itself {_peak(recorder):9.2f} MB")


def main() -> None:
    """Run all comparisons."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few pairs: a look, no figure to quote")
    quick = parser.parse_args().quick
    port = _served()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "streaming.py").write_text(_STREAM)
        works: list[Callable[[tuple[Proxy, Proxy]], None]] = [
            lambda pair: _memory(port, pair, "/60", "at 60 MB/s"),
            lambda pair: _memory(port, pair, "", "at full speed"),
            lambda pair: _measured(port, pair, quick),
        ]
        for run, work in enumerate(works):
            options: dict[str, str | int | bool] = {
                "wirelore_capture": str(folder / f"capture{run}"),
                "wirelore_hosts": "127.0.0.1",
                "wirelore_key": str(folder / "key"),
            }
            streaming, recording = Proxy([folder / "streaming.py"]), Proxy([ROOT / "addons" / "record.py"], options)
            with streaming, recording:
                work((streaming, recording))
            if recording.code:
                print(f"the capture is incomplete (exit code {recording.code})")


if __name__ == "__main__":
    main()
