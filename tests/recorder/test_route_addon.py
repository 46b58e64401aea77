import asyncio
import http.client

import pytest

from tests.project import ROOT
from tests.upstream import serving
from wirelore.recorder.proxy import Proxy

pytestmark = pytest.mark.slow


def test_requests_of_one_connection_go_over_one_connection() -> None:
    connections = []

    async def keep_open(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)
        while await reader.readline():
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")

    with (
        serving(client=keep_open) as server,
        Proxy([ROOT / "addons" / "route.py"], {"wirelore_route": f"127.0.0.1:{server.port}"}) as proxy,
    ):
        client = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=10)
        for _ in range(8):  # mitmproxy makes no more than five connections to an address
            client.request("GET", "http://api.test/again")
            assert client.getresponse().read() == b"{}"
        client.close()
    assert len(connections) == 1
