"""Other hosts: passed through undecrypted, and counted."""

import ssl
from pathlib import Path
from typing import Any

import pytest
from mitmproxy import connection, tcp, tls
from mitmproxy.options import Options
from mitmproxy.proxy.context import Context
from mitmproxy.test import tflow, tutils

from tests.recorder.ground import ADDON, ROUTE, Ground, answering, environment
from tests.upstream import HOST, certificate, serving, until
from wirelore.recorder.hosts import Hosts
from wirelore.recorder.pass_through import PassThrough
from wirelore.recorder.proxy import Proxy
from wirelore.store.writer import Capture


@pytest.mark.slow
def test_other_hosts_are_passed_through_undecrypted_and_counted(tmp_path: Path) -> None:
    ca, pair = certificate(tmp_path, "pass.test", HOST)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair)
    with serving(context) as secure, serving() as plain:
        for server in (secure, plain):
            server.answers["/passed"] = answering(b"passed")
        options = {
            "wirelore_capture": str(tmp_path / "capture"),
            "wirelore_hosts": HOST,
            "wirelore_route": f"pass.test=https://127.0.0.1:{secure.port}, passplain.test=127.0.0.1:{plain.port}",
        }
        with Proxy([ADDON, ROUTE], options, env=environment(tmp_path)) as proxy:
            ground = Ground(proxy, plain, secure, tmp_path / "capture")
            with ground.tunnel("pass.test", ssl.create_default_context(cafile=str(ca))) as sock:
                sock.sendall(b"GET /passed HTTP/1.1\r\nHost: pass.test\r\n\r\n")
                received = b""
                while b"passed" not in received:
                    received += sock.recv(65536)
            with ground.client() as client:
                assert client.get("http://passplain.test/passed").content == b"passed"
            with pytest.raises(ssl.SSLCertVerificationError):
                ground.tunnel(HOST, ssl.create_default_context(cafile=str(ca)))
            until(lambda: "does not trust" in proxy.output())
            assert proxy.stop() == 0, proxy.output()
    manifest = Capture(tmp_path / "capture").manifest
    assert manifest["passed_through"] == {"pass.test": {"connections": 1}, "passplain.test": {"requests": 1}}
    assert manifest["completeness"]["not_decrypted"] == 1
    assert manifest["completeness"]["recorded"] == 0
    assert manifest["completeness"]["tls_failed"] == 1
    assert manifest["tls_failed"][HOST]["client"] == 1
    assert manifest["status"] == "complete"


def hello_of(host: str | None) -> tls.ClientHello:
    """Return what OpenSSL sends first to a server of this name."""
    outgoing = ssl.MemoryBIO()
    context = ssl.create_default_context()
    context.check_hostname = False
    with pytest.raises(ssl.SSLWantReadError):
        context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=host).do_handshake()
    return tls.ClientHello(outgoing.read()[9:])  # after the heads of record and handshake


def connecting(sni: str | None, address: str | None) -> tls.ClientHelloData:
    client = connection.Client(peername=("127.0.0.1", 1), sockname=("127.0.0.1", 2), timestamp_start=1)
    context = Context(client, Options())
    context.server.address = (address, 443) if address else None
    return tls.ClientHelloData(context=context, client_hello=hello_of(sni))


@pytest.mark.parametrize(
    ("sni", "address", "counted_host"),
    [
        ("api.test", "203.0.113.7", None),
        (None, "api.test", None),
        ("other.test", "api.test", None),
        ("other.test", "203.0.113.7", "other.test"),
        (None, "203.0.113.7", "203.0.113.7"),
        (None, None, "unknown"),
    ],
)
def test_a_tls_connection_is_passed_through_and_counted_unless_its_name_or_address_is_recorded(
    sni: str | None, address: str | None, counted_host: str | None
) -> None:
    counts: list[dict[str, Any]] = []
    data = connecting(sni, address)
    PassThrough(Hosts(["api.test"]), lambda **members: counts.append(members)).tls_clienthello(data)
    assert data.ignore_connection is (counted_host is not None)
    passed = [{"completeness": {"not_decrypted": 1}}, {"passed_through": {counted_host: {"connections": 1}}}]
    assert counts == (passed if counted_host else [])


def test_bytes_that_are_not_http_are_counted_and_only_the_last_message_is_kept() -> None:
    counts: list[dict[str, Any]] = []
    passing = PassThrough(Hosts(()), lambda **members: counts.append(members))
    flow = tflow.ttcpflow()  # two messages to a server called `address`
    passing.tcp_start(flow)
    flow.messages = [tcp.TCPMessage(*each) for each in ((True, b"hello"), (False, b"welcome"))]  # type: ignore[no-untyped-call] # mitmproxy is untyped here
    passing.tcp_message(flow)
    assert counts == [
        {"completeness": {"not_decrypted": 1}},
        {"passed_through": {"address": {"connections": 1}}},
        {"passed_through": {"address": {"bytes": 7}}},
    ]
    assert [message.content for message in flow.messages] == [b"welcome"]


def test_a_tunnel_that_could_not_be_established_is_counted_by_host() -> None:
    counts: list[dict[str, Any]] = []
    flow = tflow.tflow(req=tutils.treq(host="api.test"))
    PassThrough(Hosts(()), lambda **members: counts.append(members)).http_connect_error(flow)
    assert counts == [{"completeness": {"tunnels_refused": 1}, "tunnels_refused": {"api.test": 1}}]
