"""Local servers that answer as a script says, and what is needed to reach them through a proxy."""

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
"""Answers one request; true if all of it was read and the answer has an end: the connection can serve another."""
Client = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
HOST = "api.test"


def until(condition: Callable[[], object], patience_s: float = 15.0) -> None:
    """Waits until the condition holds."""
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def exchanges(folder: Path) -> list[Exchange]:
    """The exchanges of a capture so far."""
    return list(Capture(folder).exchanges()) if is_capture(folder) else []


def recorded(folder: Path, path: str) -> Exchange:
    """The exchange of a path, waited for."""
    until(lambda: any(each.request.path == path for each in exchanges(folder)))
    (found,) = [each for each in exchanges(folder) if each.request.path == path]
    return found


@dataclass
class Upstream:
    """A server on loopback: `answers` by path get target, head, reader, writer; `seen` holds the heads it read."""

    port: int = 0
    answers: dict[str, Answer] = field(default_factory=dict)
    seen: list[bytes] = field(default_factory=list)
    go: threading.Event = field(default_factory=threading.Event)

    async def client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, closed after the first answer that cannot be followed by another.

        It must not be closed without need: a proxy that has just sent the next request over it could only answer 502.
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
    """A running Upstream; `client` may serve its connections in place of the answers."""
    upstream = Upstream()
    loop = asyncio.new_event_loop()

    serve = client or upstream.client

    async def until_the_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except asyncio.CancelledError:  # the server stops: no fault that asyncio should tell of
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
    """A self-signed certificate for the names with its key: (certificate, certificate and key), both PEM.

    `days` from now are its first and its last.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{names[0]}, a server of the tests")])
    now = datetime.now(UTC)
    made = (
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
    pem = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public, both = folder / f"{file}.pem", folder / f"{file}-and-key.pem"
    public.write_bytes(pem)
    both.write_bytes(pem + private)
    return public, both
