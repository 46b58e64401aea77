"""Heavy traffic: everything is recorded, no client waits for the recorder, and memory is bounded."""

import asyncio
import hashlib
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.faults import load_ground as load
from tests.faults.wire_ground import STREAMING
from tests.project import ROOT
from tests.upstream import serving
from wirelore.recorder.proxy import Proxy
from wirelore.store.writer import Capture

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc"),
]

HOST = "load.test"
STREAMS, EXCHANGES, CONNECTIONS, EARLY = 256, 20_000, 32, 2_000
BLOCKS, AHEAD = 3200, 4 << 20
"""The blocks of a body of 200 MB; the bytes that the server may be ahead of the disk."""
GROWTH_MB = 12
"""The maximum growth of a process between the 2,000th and the 20,000th exchange: a leak of 700 bytes each exceeds it.
"""


@contextmanager
def recording(folder: Path, behind: Callable[[int], bool] = lambda sent_bytes: False) -> Iterator[tuple[Proxy, Path]]:
    """Start a recorder in front of the server of load_ground, and yield it with its capture."""
    options = {"wirelore_capture": str(folder / "capture"), "wirelore_hosts": HOST, "wirelore_key": str(folder / "key")}
    with before_a_server(ROOT / "addons" / "record.py", options, behind) as proxy:
        yield proxy, folder / "capture"


def streaming(folder: Path) -> AbstractContextManager[Proxy]:
    """Start a mitmdump that only streams, in front of the same server."""
    (folder / "streaming.py").write_text(STREAMING)
    return before_a_server(folder / "streaming.py", {})


@contextmanager
def before_a_server(
    script: Path, options: Mapping[str, str], behind: Callable[[int], bool] = lambda sent_bytes: False
) -> Iterator[Proxy]:
    with serving(client=load.server(behind)) as server:
        routed = {**options, "wirelore_route": f"{HOST}=127.0.0.1:{server.port}"}
        with Proxy([script, ROOT / "addons" / "route.py"], routed) as proxy:
            yield proxy


def test_256_streams_at_once_are_recorded_as_their_clients_got_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def all_streams(port: int) -> list[load.Received]:
        return await asyncio.gather(*(load.stream(port, HOST, number) for number in range(STREAMS)))

    with recording(tmp_path) as (proxy, capture):
        received = asyncio.run(all_streams(proxy.port))
        assert proxy.stop() == 0, proxy.output()
    sent_bytes = [b"".join(load.event(number, index) for index in range(load.EVENTS)) for number in range(STREAMS)]
    assert [bytes(item.body) for item in received] == sent_bytes
    exchanges = {index.request.path: index for index in Capture(capture).exchanges()}
    assert len(exchanges) == STREAMS
    for number, body in enumerate(sent_bytes):
        exchange = exchanges[f"/events/{number}"]
        assert exchange.response is not None
        assert (exchange.end.cause, exchange.redactions) == ("complete", {})
        assert exchange.response.body.read() == body
        assert sum(1 for _ in exchange.response.events()) == load.EVENTS
    slowest = max(item.gap_s for item in received)
    with capsys.disabled():
        print(f"\nload: {STREAMS} streams of {load.EVENTS} events recorded, 0 lost; slowest gap {slowest * 1e3:.0f} ms")


def test_20_000_exchanges_do_not_increase_the_memory_of_both_processes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    targets = [
        [f"/v1/things/{number}" for number in range(first, EXCHANGES, CONNECTIONS)] for first in range(CONNECTIONS)
    ]
    finished, early = 0, {}

    with recording(tmp_path) as (proxy, capture):
        pids = {"proxy": proxy.process.pid, "recorder": load.child_of(proxy.process.pid)}

        def count_document() -> None:
            nonlocal finished
            finished += 1
            if finished == EARLY:
                early.update({name: load.resident_mb(pid) for name, pid in pids.items()})

        async def all_exchanges() -> list[list[bytes]]:
            return await asyncio.gather(
                *(
                    load.request_all(proxy.port, HOST, connection_targets, count_document)
                    for connection_targets in targets
                )
            )

        documents = asyncio.run(all_exchanges())
        late = {name: load.resident_mb(pid) for name, pid in pids.items()}
        assert proxy.stop() == 0, proxy.output()
    assert documents == [
        [b'{"target":"%b"}' % target.encode() for target in connection_targets] for connection_targets in targets
    ]
    manifest = Capture(capture).manifest
    assert (manifest["completeness"]["recorded"], manifest["ends"]) == (EXCHANGES, {"complete": EXCHANGES})
    with capsys.disabled():
        growth = ", ".join(f"{name} {early[name]:.0f} -> {late[name]:.0f} MB" for name in pids)
        print(f"\nload: {EXCHANGES} exchanges recorded, 0 lost; {EARLY} to {EXCHANGES}: {growth}")
    assert {name: late[name] - early[name] < GROWTH_MB for name in pids} == dict.fromkeys(pids, True)


@pytest.mark.parametrize("paced", [True, False], ids=["as fast as it is recorded", "as fast as it goes"])
def test_a_response_of_200_megabytes_is_complete_for_the_client_and_in_the_capture(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], paced: bool
) -> None:
    with streaming(tmp_path) as plain:
        asyncio.run(load.large(plain.port, HOST, BLOCKS))
        usual = load.resident_mb(plain.process.pid, "VmHWM")

    def behind(sent_bytes: int) -> bool:
        written = sum(path.stat().st_size for path in (tmp_path / "capture").rglob("response.body"))
        return paced and sent_bytes - written > AHEAD

    with recording(tmp_path, behind) as (proxy, capture):
        received = asyncio.run(load.large(proxy.port, HOST, BLOCKS))
        peak = load.resident_mb(proxy.process.pid, "VmHWM")
        assert proxy.stop() == 0, proxy.output()
    expected = hashlib.sha256()
    for _ in range(BLOCKS):
        expected.update(load.BLOCK)
    (exchange,) = Capture(capture).exchanges()
    assert exchange.response is not None
    body = exchange.response.body
    assert (received.size, received.sha256) == (BLOCKS * len(load.BLOCK), expected.hexdigest())
    assert (exchange.end.cause, body.size, body.wire_size, body.sha256) == (
        "complete",
        received.size,
        received.size,
        received.sha256,
    )
    speed = "the recorder's speed" if paced else "full speed"
    with capsys.disabled():
        print(f"\nload: 200 MB at {speed} recorded completely; the proxy's peak {peak:.0f} MB, ", end="")
        print(f"without the recorder {usual:.0f} MB: {peak / usual:.2f} times")
    # Data that arrive faster than the recorder redacts wait in the proxy, up to its backlog; the peak is printed above.
    assert peak < (usual * 1.2 if paced else usual + 256)
