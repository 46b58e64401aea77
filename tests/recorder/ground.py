"""A mitmdump with the addon, in front of servers of a test."""

import asyncio
import os
import re
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.project import ROOT
from tests.upstream import HOST, Answer, Upstream, certificate, serving
from wirelore.recorder.proxy import Proxy

ADDON = ROOT / "addons" / "record.py"
ROUTE = ROOT / "addons" / "route.py"


class Ground:
    """A mitmdump with the addon, in front of a plain server and a TLS server."""

    def __init__(self, proxy: Proxy, plain: Upstream, secure: Upstream, capture: Path) -> None:
        self.proxy, self.plain, self.secure, self.capture = proxy, plain, secure, capture
        self.trust = ssl.create_default_context(cafile=str(proxy.ca))

    def client(self, *, http2: bool = False) -> httpx.Client:
        return httpx.Client(proxy=self.proxy.url, verify=self.trust, http2=http2, timeout=20, trust_env=False)

    def tunnel(self, host: str, trust: ssl.SSLContext | None = None) -> ssl.SSLSocket:
        plain = socket.create_connection(("127.0.0.1", self.proxy.port))
        plain.settimeout(20)
        plain.sendall(f"CONNECT {host}:443 HTTP/1.1\r\n\r\n".encode())
        assert plain.recv(4096).startswith(b"HTTP/1.1 200")
        return (trust or self.trust).wrap_socket(plain, server_hostname=host)


def environment(folder: Path) -> dict[str, str]:
    """Return the environment of a mitmdump whose key is in the folder."""
    return {**os.environ, "XDG_DATA_HOME": str(folder / "data"), "SSL_CERT_FILE": ""}


def answering(content: bytes, *headers: bytes, status: bytes = b"200 OK") -> Answer:
    """Return the answer of a server with this content."""

    async def answer(target: str, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        lines = [b"HTTP/1.1 " + status, *headers, b"content-length: %d" % len(content)]
        writer.write(b"\r\n".join(lines) + b"\r\n\r\n" + content)
        await writer.drain()
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        await reader.readexactly(int(length[1]) if length else 0)
        return b"transfer-encoding" not in head.lower()

    return answer


@contextmanager
def one_server(folder: Path, *handlers: Callable[..., Any], protocols: tuple[str, ...] = ()) -> Iterator[Ground]:
    """Yield a mitmdump in front of one TLS server, whose certificate it trusts; the server offers these protocols."""
    ca, pair = certificate(folder, HOST)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair)
    if protocols:
        context.set_alpn_protocols(list(protocols))
    with serving(context, *handlers) as secure:
        options = {
            "wirelore_capture": str(folder / "capture"),
            "wirelore_hosts": HOST,
            "wirelore_route": f"https://127.0.0.1:{secure.port}",
            "ssl_verify_upstream_trusted_ca": str(ca),
        }
        with Proxy([ADDON, ROUTE], options, env=environment(folder)) as proxy:
            yield Ground(proxy, secure, secure, folder / "capture")
