"""Every fault of the tables, over three ways: through the recorder, through a streaming mitmdump, and directly.

A client of the recorder must see the same bytes as a client of the streaming mitmdump. If a client without a proxy sees
something else, DIFFERENCES has the reason.
"""

import asyncio
import socket
import ssl
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.faults import wire_http2
from tests.faults.wire_faults import CLOSE, DIFFERENCES, ONE, Fault, faults
from tests.faults.wire_ground import (
    DIRECT,
    RECORDED,
    STREAMED,
    View,
    Ways,
    connected,
    context_of,
    exchange_http1,
    parse_view,
    play,
    read,
    scripts,
    ways,
)
from tests.upstream import HOST, Upstream, certificate, serving, until
from wirelore.model.exchange import Exchange
from wirelore.recorder.environment import write_bundles
from wirelore.store.writer import Capture

pytestmark = pytest.mark.faults

PLAIN, TWO = "plain.test", "two.test"
TABLE = {fault.name: fault for fault in faults()}
TABLE2 = {fault.name: fault for fault in wire_http2.FAULTS2}
REFUSED = {
    "refused.test": ("upstream-refused", "Connect call failed"),
    "expired.test": ("tls-failed", "certificate has expired"),
    "early.test": ("tls-failed", "certificate is not yet valid"),
    "wrong.test": ("tls-failed", "hostname mismatch"),
    "selfsigned.test": ("tls-failed", "self-signed certificate"),
    "nottls.test": ("tls-failed", "TLS"),
}
"""Servers that no request may reach: the cause, and a part of the end's message."""


NONSENSE = (
    b"nonsense\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 600,
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/9.9\r\nHost: plain.test\r\n\r\n",
    b"GET http://plain.test/?a HTTP/1.1\r\nbroken\r\n\r\n",
    b"GET http://plain.test/?b HTTP/1.1\r\nHost: plain.test\r\ncontent-length: two\r\n\r\n",
    b"POST http://plain.test/?c HTTP/1.1\r\nHost: plain.test\r\ncontent-length: 2\r\ncontent-length: 4\r\n\r\nhalf",
    b"GET http://plain.test/ HTTP/1.1\r\nx: " + b"y" * (1 << 20),
    b"CONNECT plain.test HTTP/1.1\r\n\r\n",
    b"CONNECT plain.test:port HTTP/1.1\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\r\n" * 1000,
)
"""Bytes that a client may send to the proxy and that never reach a server."""


COMPLETE_BODIES = {"two-with-trailers": b"half", "trailers": ONE, "the-client-sends-trailers": b"{}"}
"""The bodies of responses whose end is visible only to the recorder's clients."""


class Run(NamedTuple):
    """A fault over one way and one kind of connection."""

    name: str
    kind: str
    way: str


KINDS = {
    "plain": (PLAIN, False, ()),
    "tls": (HOST, True, ()),
    "h2": (HOST, True, ("h2",)),
    "h1-to-h2": (TWO, True, ("http/1.1", "h2")),
    "h2-to-h2": (TWO, True, ("h2",)),
}
"""The host, TLS, and the protocols that the client offers; mitmproxy selects the first and offers all to the server."""


def kinds(fault: Fault) -> list[str]:
    return ["plain", *(["tls"] if fault.tls else []), *(["h2"] if fault.http2 else [])]


PATCHED = {
    ("two-with-trailers", "h1-to-h2"): "mitmproxy stops at trailers for an HTTP/1 client, which then waits forever",
    **{
        (name, kind): "mitmproxy stops at trailers of HTTP/1, and the client waits forever"
        for name in ("trailers", "the-client-sends-trailers")
        for kind in ("plain", "tls", "h2")
    },
}
"""The runs in which the recorder's client sees the end of a response and that of the other mitmdump does not."""
RUNS = [(name, kind) for name, fault in TABLE.items() for kind in kinds(fault)]
RUNS2 = [(name, kind) for name in TABLE2 for kind in ("h1-to-h2", "h2-to-h2")]


@dataclass
class Account:
    """The views of all clients, and the exchanges."""

    views: dict[Run, View] = field(default_factory=dict)
    exchanges: dict[str, Exchange] = field(default_factory=dict)
    code: int = 0
    output: str = ""
    nonsense: dict[str, list[View]] = field(default_factory=dict)
    """The responses to bytes that are not a request."""
    capture: Path = Path()
    confdir: Path = Path()
    untouched: dict[str, list[bytes]] = field(default_factory=dict)
    """The bytes received by each server that no request may reach."""

    def pair(self, name: str, kind: str) -> tuple[View, View]:
        return self.views[Run(name, kind, RECORDED)], self.views[Run(name, kind, STREAMED)]


def meet(proxies: Ways, run: Run) -> View:
    host, tls, alpn = KINDS[run.kind]
    fault = TABLE.get(run.name) or Fault(run.name, ())
    path = f"/{run.name}~{run.kind}"
    with connected(proxies, run.way, host, tls, alpn) as sock:
        if isinstance(sock, ssl.SSLSocket) and sock.selected_alpn_protocol() == "h2":
            return wire_http2.exchange_http2(sock, host, fault, path)
        return exchange_http1(sock, host, fault, path if tls or run.way == DIRECT else f"http://{host}{path}")


async def no_tls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Respond to a TLS handshake in plain HTTP."""
    await reader.read(65536)
    await play((b"HTTP/1.1 400 Bad Request\r\n\r\n", CLOSE), reader, writer)


def meet_nonsense(proxies: Ways, way: str, data: bytes) -> View:
    with connected(proxies, way, PLAIN, False) as sock:
        sock.sendall(data)
        sock.shutdown(socket.SHUT_WR)
        received = bytearray()
        end = read(sock, received, b"")
    return parse_view(bytes(received), end, "GET")


def meet_refused(proxies: Ways, host: str, way: str) -> View:
    with connected(proxies, way, host, True) as sock:
        return exchange_http1(sock, host, Fault("refused", ()), f"/{host}")


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    folder = tmp_path_factory.mktemp("wire")
    with ExitStack() as stack:
        trusted = {
            "server": certificate(folder, HOST, TWO),
            "expired": certificate(folder, "expired.test", days=(-9, -2), file="expired"),
            "early": certificate(folder, "early.test", days=(2, 9), file="early"),
        }
        stranger = certificate(folder, "selfsigned.test", file="stranger")
        authority = folder / "authority.pem"
        authority.write_bytes(b"".join(public.read_bytes() for public, _ in trusted.values()))
        pair = trusted["server"][1]
        servers = {
            PLAIN: stack.enter_context(serving(client=scripts(TABLE))),
            HOST: stack.enter_context(serving(context_of(pair), scripts(TABLE))),
            TWO: stack.enter_context(serving(context_of(pair, "h2"), wire_http2.server(TABLE2))),
            "refused.test": Upstream(port=1),
            "expired.test": stack.enter_context(serving(context_of(trusted["expired"][1]))),
            "early.test": stack.enter_context(serving(context_of(trusted["early"][1]))),
            "wrong.test": stack.enter_context(serving(context_of(pair))),
            "selfsigned.test": stack.enter_context(serving(context_of(stranger[1]))),
            "nottls.test": stack.enter_context(serving(client=no_tls)),
        }
        proxies = stack.enter_context(ways(folder, servers, set(servers) - {PLAIN}, authority))
        account = Account(untouched={host: servers[host].seen for host in REFUSED})
        runs = [Run(name, kind, way) for name, kind in RUNS for way in (RECORDED, STREAMED, *_direct(kind))]
        runs += [Run(name, kind, way) for name, kind in RUNS2 for way in (RECORDED, STREAMED)]
        with ThreadPoolExecutor(8) as pool:
            account.views = dict(zip(runs, pool.map(lambda run: meet(proxies, run), runs), strict=True))
        for host in REFUSED:
            for way in (RECORDED, STREAMED):
                account.views[Run(host, "tls", way)] = meet_refused(proxies, host, way)
        for way in (RECORDED, STREAMED):
            account.nonsense[way] = [meet_nonsense(proxies, way, sent) for sent in NONSENSE]
        expected = len(RUNS) + len(RUNS2) + len(REFUSED)
        index = proxies.capture / "index.jsonl"
        until(lambda: index.read_bytes().count(b"\n") >= expected)
        account.capture, account.confdir = proxies.capture, proxies.confdir
        account.code, account.output = proxies.recorded.stop(), proxies.recorded.output()
        account.exchanges = {each.request.path: each for each in Capture(proxies.capture).exchanges()}
        yield account


def _direct(kind: str) -> list[str]:
    return [] if kind == "h2" else [DIRECT]


def _ended(view: View) -> View:
    """Ignore the kind of the connection's end: a proxy closes where a server resets or omits TLS's close_notify."""
    return view._replace(end="closed") if view.end in ("reset", "torn") else view


@pytest.mark.parametrize(("name", "kind"), RUNS + RUNS2)
def test_the_client_sees_what_it_would_see_without_the_recorder(account: Account, name: str, kind: str) -> None:
    recorded, streamed = account.pair(name, kind)
    if (name, kind) in PATCHED:
        assert recorded.body == COMPLETE_BODIES[name]
        assert recorded.end in ("closed", "torn", "ended")
    else:
        assert recorded == streamed


@pytest.mark.parametrize(("name", "kind"), [(name, kind) for name, kind in RUNS if kind != "h2"])
def test_a_proxy_makes_only_the_listed_differences(account: Account, name: str, kind: str) -> None:
    recorded, direct = account.views[Run(name, kind, RECORDED)], account.views[Run(name, kind, DIRECT)]
    assert (_ended(recorded) != _ended(direct)) == bool(TABLE[name].differs)


@pytest.mark.parametrize(("name", "kind"), RUNS)
def test_the_exchange_describes_the_fault(account: Account, name: str, kind: str) -> None:
    fault, exchange = TABLE[name], account.exchanges[f"/{name}~{kind}"]
    assert exchange.end.cause in fault.cause.split("|"), exchange.end
    assert (exchange.response.status if exchange.response else None) == fault.status
    if exchange.response is not None:
        if fault.body is not None:
            assert exchange.response.body.read() == fault.body
        assert bool(exchange.response.body.undecoded) == bool(fault.undecoded)
        assert fault.undecoded in (exchange.response.body.undecoded or "")
    assert len(exchange.end.message) < 2100


@pytest.mark.parametrize(("name", "kind"), RUNS2)
def test_the_exchange_describes_the_fault_of_an_http2_server(account: Account, name: str, kind: str) -> None:
    fault, exchange = TABLE2[name], account.exchanges[f"/{name}~{kind}"]
    cause = fault.to_http2 if fault.to_http2 and kind == "h2-to-h2" else fault.cause
    assert exchange.end.cause == cause, exchange.end
    assert (exchange.response.status if exchange.response else None) == fault.status
    if exchange.response is not None and fault.body is not None:
        assert exchange.response.body.read() == fault.body


@pytest.mark.parametrize("host", REFUSED)
def test_an_untrusted_or_unreachable_server_is_recorded_as_refused(account: Account, host: str) -> None:
    cause, words = REFUSED[host]
    recorded, streamed = account.pair(host, "tls")
    assert recorded == streamed
    assert recorded.head.startswith(b"HTTP/1.1 502 ")
    exchange = account.exchanges[f"/{host}"]
    assert (exchange.end.cause, exchange.response) == (cause, None)
    assert words in exchange.end.message
    assert account.untouched[host] == []


@pytest.mark.parametrize("kind", ["plain", "tls", "h2"])
def test_trailers_are_recorded(account: Account, kind: str) -> None:
    response = account.exchanges[f"/trailers~{kind}"].response
    assert response is not None
    assert list(response.trailers) == [("x-checksum", "1")]
    if kind != "h2":
        request = account.exchanges[f"/the-client-sends-trailers~{kind}"].request
        assert (list(request.trailers), request.body.read()) == ([("x-checksum", "1")], b"whole")


def test_the_key_of_the_authority_stays_in_its_folder(account: Account, tmp_path: Path) -> None:
    write_bundles({}, account.confdir / "mitmproxy-ca-cert.pem", tmp_path)
    assert holding(b"PRIVATE KEY", account.capture, tmp_path) == []
    keys = holding(b"PRIVATE KEY", account.confdir)
    assert {path.name for path in keys} >= {"mitmproxy-ca.pem"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in (*keys, account.confdir)} == {0o600, 0o700}


def holding(words: bytes, *folders: Path) -> list[Path]:
    """Return the files below the folders that contain the bytes."""
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return [path for path in files if words in path.read_bytes()]


@pytest.mark.parametrize("number", range(len(NONSENSE)))
def test_bytes_that_are_not_a_request_are_answered_as_without_the_recorder(account: Account, number: int) -> None:
    assert account.nonsense[RECORDED][number] == account.nonsense[STREAMED][number]


def test_every_listed_difference_occurs() -> None:
    assert {fault.differs for fault in TABLE.values()} - {""} == set(DIFFERENCES)


def test_the_account(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    assert account.code == 0, account.output
    assert "crashed" not in account.output
    tried = [*RUNS, *RUNS2, *((host, "tls") for host in REFUSED)]
    same = sum(each in PATCHED or account.pair(*each)[0] == account.pair(*each)[1] for each in tried)
    described = sum(
        (f"/{name}~{kind}" if name not in REFUSED else f"/{name}") in account.exchanges for name, kind in tried
    )
    with capsys.disabled():
        print(f"\nwire: {len(TABLE) + len(TABLE2) + len(REFUSED)} faults in {len(tried)} runs: ", end="")
        print(f"the client saw the same in {same}, an exchange describes the fault in {described}; ", end="")
        print(f"{len(NONSENSE)} inputs that are not a request: all answered the same")
    assert (same, described) == (len(tried), len(tried))
