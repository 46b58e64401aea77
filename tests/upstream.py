"""Scripted servers on loopback, with certificates, for tests through a proxy."""

import asyncio
import ssl
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from wirelore.model.exchange import Exchange
from wirelore.store.writer import Capture, is_capture

Answer = Callable[[str, bytes, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[bool | None]]
"""Answers a request; returns true if the connection can serve another one, because both messages are complete."""
Client = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
HOST = "api.test"


def until(condition: Callable[[], object], patience_s: float = 15.0) -> None:
    """Wait until the condition holds; fail after `patience_s` seconds."""
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, f"condition still false after {patience_s} s"
        time.sleep(0.01)


def exchanges(folder: Path) -> list[Exchange]:
    """Return the exchanges recorded so far in a capture."""
    return list(Capture(folder).exchanges()) if is_capture(folder) else []


def wait_for_exchange(folder: Path, path: str) -> Exchange:
    """Wait for the exchange with a path, and return it."""
    until(lambda: any(each.request.path == path for each in exchanges(folder)))
    (exchange,) = [each for each in exchanges(folder) if each.request.path == path]
    return exchange


@dataclass
class Upstream:
    """A server on loopback; `answers` are callables by path, `seen` are the heads of the received requests."""

    port: int = 0
    answers: dict[str, Answer] = field(default_factory=dict)
    seen: list[bytes] = field(default_factory=list)
    go: threading.Event = field(default_factory=threading.Event)

    async def client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a connection; close it after the first answer that no other can follow.

        It is kept open otherwise: a proxy that has already sent the next request would have to answer 502.
        """
        try:
            serves_another: bool | None = True
            while serves_another:
                head = await reader.readuntil(b"\r\n\r\n")
                self.seen.append(head)
                target = head.split(b" ", 2)[1].decode()
                serves_another = await self.answers[target.partition("?")[0]](target, head, reader, writer)
            writer.close()
        except (OSError, asyncio.IncompleteReadError):
            writer.close()


@contextmanager
def serving(context: ssl.SSLContext | None = None, client: Client | None = None) -> Iterator[Upstream]:
    """Run an Upstream; `client` serves its connections instead of the answers."""
    upstream = Upstream()
    loop = asyncio.new_event_loop()

    serve = client or upstream.client

    async def until_the_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except asyncio.CancelledError:  # the server stops; asyncio must not report it
            writer.close()

    async def start() -> asyncio.Server:
        return await asyncio.start_server(until_the_end, "127.0.0.1", 0, ssl=context)

    async def stop() -> None:
        server.close()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    server = loop.run_until_complete(start())
    upstream.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield upstream
    finally:
        upstream.go.set()
        asyncio.run_coroutine_threadsafe(stop(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


def certificate(folder: Path, *names: str, days: tuple[int, int] = (-1, 1), file: str = "server") -> tuple[Path, Path]:
    """Create a self-signed certificate, and return the PEM files of the certificate and of certificate and key.

    It is valid from `days[0]` to `days[1]` days from now.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{names[0]}, a server of the tests")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = signed.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public, both = folder / f"{file}.pem", folder / f"{file}-and-key.pem"
    public.write_bytes(pem)
    both.write_bytes(pem + private)
    return public, both
