"""Trailers: they reach the client and the capture."""

import asyncio
import ssl
from pathlib import Path

import h2.config
import h2.connection
import h2.events
import pytest

from tests.recorder.ground import Ground, one_server
from tests.upstream import HOST, wait_for_exchange

pytestmark = pytest.mark.slow


async def trailing(target: str, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nx-checksum: 1\r\n\r\n")
    await writer.drain()
    await reader.read()  # the connection stays open: only the last chunk marks the end of the body


def test_trailers_of_http1_are_recorded_and_the_client_gets_the_end_of_its_response(own: Ground) -> None:
    own.secure.answers["/trailing"] = trailing
    with own.client() as client:
        assert client.get(f"https://{HOST}/trailing").content == b"body"
    exchange = wait_for_exchange(own.capture, "/trailing")
    assert exchange.response is not None
    assert (exchange.end.cause, list(exchange.response.trailers)) == ("complete", [("x-checksum", "1")])


async def http2_server(target_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer every HTTP/2 request with a body and trailers."""
    connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
    connection.initiate_connection()
    writer.write(connection.data_to_send())
    while data := await target_reader.read(65536):
        for event in connection.receive_data(data):
            if isinstance(event, h2.events.StreamEnded):
                connection.send_headers(event.stream_id, [(":status", "200"), ("content-type", "text/plain")])
                connection.send_data(event.stream_id, b"over HTTP/2")
                connection.send_headers(event.stream_id, [("x-checksum", "1")], end_stream=True)
        writer.write(connection.data_to_send())


def http2_post(sock: ssl.SSLSocket, path: str) -> list[h2.events.Event]:
    """Send one request over HTTP/2 and return the events of its response."""
    connection = h2.connection.H2Connection()
    connection.initiate_connection()
    head = [(":method", "POST"), (":authority", HOST), (":scheme", "https"), (":path", path), ("x-one", "1")]
    connection.send_headers(1, head)
    connection.send_data(1, b"body", end_stream=True)
    sock.sendall(connection.data_to_send())
    events: list[h2.events.Event] = []
    while not any(isinstance(event, h2.events.StreamEnded) for event in events):
        events += connection.receive_data(sock.recv(65536))
        sock.sendall(connection.data_to_send())
    return events


def test_http2_and_its_trailers_pass_and_are_recorded(tmp_path: Path) -> None:
    with one_server(tmp_path, http2_server, protocols=("h2",)) as ground:
        trust = ssl.create_default_context(cafile=str(ground.proxy.ca))
        trust.set_alpn_protocols(["h2"])
        with ground.tunnel(HOST, trust) as sock:
            events = http2_post(sock, "/two")
        with ground.client(http2=True) as client:  # offers both and negotiates HTTP/1.1
            assert client.post(f"https://{HOST}/one", content=b"body").text == "over HTTP/2"
        exchange, other = (
            wait_for_exchange(tmp_path / "capture", "/two"),
            wait_for_exchange(tmp_path / "capture", "/one"),
        )
        assert ground.proxy.stop() == 0, ground.proxy.output()
    (trailers,) = [event.headers for event in events if isinstance(event, h2.events.TrailersReceived)]
    assert list(trailers or []) == [(b"x-checksum", b"1")]
    assert exchange.response is not None
    assert other.response is not None
    assert list(exchange.response.trailers) == list(other.response.trailers) == [("x-checksum", "1")]
    assert (exchange.request.http_version, exchange.request.target) == ("HTTP/2.0", "/two")
    assert (exchange.request.body.read(), exchange.response.body.read()) == (b"body", b"over HTTP/2")
    assert (exchange.end.cause, other.end.cause) == ("complete", "complete")
