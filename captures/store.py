"""The store: a capture on disk, written through one door that redacts.

The layout is docs/capture-format.md. Folders are 0700 and files 0600; an exchange's folder appears whole. What is at
rest is read by `captures.shelf`, whose names are here as well.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from captures import codec, sse
from captures.model import WHOLE, End, Exchange, Headers, Request, Response
from captures.redact import Redactor
from captures.routes import Routes, packaged, slug
from captures.shelf import FORMAT, INDEX, MANIFEST, Capture, Unreadable, find, is_capture, listed
from captures.sink import Sink, create

__all__ = ["FORMAT", "INDEX", "MANIFEST", "Capture", "Entry", "Unreadable", "Writer", "find", "is_capture", "listed"]

_ASIDE = ".partial"


class Writer:
    """A capture being written. Exchanges may be under way side by side; each appears when it ends."""

    def __init__(
        self,
        folder: Path,
        redactor: Redactor,
        *,
        routes: Routes | None = None,
        tool: Mapping[str, Any] | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        """Starts the capture in a new or empty folder. Raises FileExistsError if it holds a capture already."""
        if (folder / MANIFEST).exists():
            raise FileExistsError(f"{folder}: holds a capture already; choose another name")
        self.folder = folder
        self.routes = routes or packaged()
        self.redactor = redactor
        self.sequence = 0
        self.categories: Counter[str] = Counter()
        self.causes: Counter[str] = Counter()
        self.redactions: Counter[str] = Counter()
        self.completeness: Counter[str] = Counter()
        """Counts for the manifest besides those the writer keeps: not_decrypted, failed_to_write, websockets, ..."""
        self.notes: dict[str, Any] = {}
        """Further members of the manifest, for example the hosts that were passed through."""
        self.clients: set[str] = set()
        self.latest: Mapping[str, Any] = {}
        """The index line of the exchange that ended last."""
        self._tool = dict(tool or {})
        self._options = dict(options or {})
        self._first_us: int | None = None
        self._last_us: int | None = None
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / _ASIDE).mkdir(mode=0o700, exist_ok=True)
        self._index = create(folder / INDEX)
        self._index_hash = hashlib.sha256()
        self._manifest("recording")

    def begin(self, started_us: int, request: Request, *, connection: Mapping[str, Any] | None = None) -> "Entry":
        """Starts an exchange: its request's head (the body is fed afterwards), Unix microseconds, the connection."""
        self.sequence += 1
        return Entry(self, self.sequence, started_us, request, connection or {})

    def write(
        self,
        exchange: Exchange,
        *,
        request_body: Iterable[tuple[int, bytes]] = (),
        response_body: Iterable[tuple[int, bytes]] = (),
        encoded: bool | Collection[str] = True,
        head_us: int | None = None,
        notes: Mapping[str, Any] | None = None,
    ) -> str:
        """Writes a whole exchange and returns its id; the bodies are (microseconds, bytes) chunks.

        `encoded` False says that the chunks are decoded already, although the headers name a content-encoding; a
        collection names the sides (`request`, `response`) whose chunks are not. `head_us` is when the response's
        head came, `notes` are further members of exchange.json, redacted like everything else.
        The exchange's own bodies, id, sequence, operation, category, tags, facts and redactions are not used.
        """
        entry = self.begin(exchange.started_us, exchange.request, connection=exchange.connection)
        entry.origin, entry.source, entry.absent = exchange.origin, exchange.source, exchange.absent
        entry.encoded = encoded
        entry.notes = dict(notes or {})
        for us, data in request_body:
            entry.request_chunk(us, data)
        if exchange.response is not None:
            entry.response_head(exchange.response, head_us)
            for us, data in response_body:
                entry.response_chunk(us, data)
        return entry.end(exchange.end)

    def close(self) -> None:
        """Writes the manifest for good. Entries that were not ended are lost: end them first."""
        self._index.close()
        aside = self.folder / _ASIDE
        if aside.is_dir() and not any(aside.iterdir()):
            aside.rmdir()
        self._manifest("complete")

    def _add(self, line: dict[str, Any], started_us: int, ended_us: int, client: str) -> None:
        self.latest = line
        data = codec.line(line) + b"\n"
        self._index.write(data)
        self._index.flush()
        self._index_hash.update(data)
        self.categories[line["category"]] += 1
        self.causes[line["end"]] += 1
        if client:
            self.clients.add(client)
        if started_us:  # an import that tells no times has none
            self._first_us = min(self._first_us or started_us, started_us)
            self._last_us = max(self._last_us or ended_us, ended_us)

    def _manifest(self, status: str) -> None:
        manifest = {
            "format": FORMAT,
            "status": status,
            "tool": self._tool,
            "clients": sorted(self.clients),
            "started": _iso(self._first_us),
            "ended": _iso(self._last_us),
            "options": self._options,
            "redaction": {"policy": self.redactor.policy, "replaced": dict(sorted(self.redactions.items()))},
            "completeness": {
                "recorded": sum(self.categories.values()),
                "aborted": sum(n for cause, n in self.causes.items() if cause not in WHOLE),
                **dict(sorted(self.completeness.items())),
            },
            "categories": dict(sorted(self.categories.items())),
            "ends": dict(sorted(self.causes.items())),
            "index_sha256": self._index_hash.hexdigest(),
            **self.notes,
        }
        aside = self.folder / (MANIFEST + ".new")
        with create(aside) as stream:
            stream.write(codec.pretty(manifest))
        aside.replace(self.folder / MANIFEST)


class Entry:
    """One exchange being written: fed as it happens, on disk redacted from the first byte, in place when it ends."""

    def __init__(
        self, writer: Writer, sequence: int, started_us: int, request: Request, connection: Mapping[str, Any]
    ) -> None:
        self.sequence = sequence
        self.started_us = started_us
        self.origin, self.source = "recorded", ""
        self.absent: tuple[str, ...] = ()
        self.encoded: bool | Collection[str] = True
        self.notes: dict[str, Any] = {}
        """Further members of exchange.json, for example that a WebSocket passed."""
        self._writer = writer
        self._connection = dict(connection)
        self._scrub = writer.redactor.exchange()
        self._folder = writer.folder / _ASIDE / f"{sequence:06d}"
        self._folder.mkdir(mode=0o700)
        self._request = request
        self._sent = Headers(self._scrub.headers(request.headers.lines))
        self._target = self._scrub.target(request.target)
        self._response: Response | None = None
        self._got = Headers()
        self._sinks: dict[str, Sink] = {}
        self._trailers: dict[str, Headers] = {}
        self._first_byte_us: int | None = None

    def request_chunk(self, us: int, data: bytes) -> None:
        """Wire bytes of the request's body, and when they came."""
        self._sink("request", self._request.headers).feed(us, data)

    def response_head(self, response: Response, us: int | None = None) -> None:
        """The response's head, and when it came."""
        self._response = response
        self._got = Headers(self._scrub.headers(response.headers.lines))
        self._first_byte_us = us

    def response_chunk(self, us: int, data: bytes) -> None:
        """Wire bytes of the response's body, and when they came."""
        if self._response is not None:
            self._sink("response", self._response.headers).feed(us, data)

    def trailers(self, side: str, headers: Headers) -> None:
        """Trailers of the `request` or the `response`."""
        self._trailers[side] = headers

    def end(self, end: End) -> str:
        """Ends the exchange and puts its folder in place. Returns its id."""
        writer, scrub, request, response = self._writer, self._scrub, self._request, self._response
        bodies = {side: sink.finish() for side, sink in sorted(self._sinks.items())}
        operation, known = writer.routes.operation(request.method, request.path)
        route = writer.routes.match(request.method, request.path)
        category = self._category(route.category if route else "other", end, bodies)
        tags = sorted({tag for sink in self._sinks.values() for tag in sink.tags})
        stamp = datetime.fromtimestamp(self.started_us / 1e6, UTC).strftime("%Y%m%d_%H%M%S")
        name = f"{category}/{stamp}_{self.sequence:06d}_{slug(operation, known)}"
        document: dict[str, Any] = {
            "format": FORMAT,
            "id": name,
            "sequence": self.sequence,
            "started_us": self.started_us,
            "started": _iso(self.started_us),
            "operation": operation if known else "",
            "category": category,
            "tags": tags,
            "origin": self.origin,
            "source": scrub.text(self.source),
            "absent": list(self.absent),
            "connection": self._scrubbed(self._connection),
            "request": {
                "method": request.method,
                "scheme": request.scheme,
                "host": scrub.text(request.host),
                "port": request.port,
                "target": self._target,
                **self._message("request", request.http_version, self._sent, bodies.get("request")),
            },
            "response": response
            and {
                "status": response.status,
                "reason": scrub.text(response.reason),
                "head_us": self._first_byte_us,
                **self._message("response", response.http_version, self._got, bodies.get("response")),
            },
            "end": {"cause": end.cause, "us": end.us, "message": scrub.text(end.message)},
            **self._scrubbed(self.notes),
        }
        document["facts"] = scrub.facts()
        document["redactions"] = dict(sorted(scrub.counts.items()))
        with create(self._folder / "exchange.json") as stream:
            stream.write(_rendered(document))
        final = writer.folder / name
        final.parent.mkdir(mode=0o700, exist_ok=True)
        self._folder.rename(final)
        writer.redactions.update(scrub.counts)
        writer._add(
            {
                "id": name,
                "sequence": self.sequence,
                "started": _iso(self.started_us),
                "method": request.method,
                "host": document["request"]["host"],
                "path": Request(target=self._target).path,
                "status": response.status if response else None,
                "category": category,
                "tags": tags,
                "request_size": bodies["request"]["size"] if "request" in bodies else 0,
                "response_size": bodies["response"]["size"] if "response" in bodies else 0,
                "us": end.us,
                "end": end.cause,
            },
            self.started_us,
            self.started_us + end.us,
            Request(headers=self._sent).client,
        )
        return name

    def _scrubbed(self, value: Any) -> Any:
        """The value with every text in it redacted like a body."""
        if isinstance(value, str):
            body = self._scrub.body("notes")
            data = value.encode("utf-8", "surrogatepass")
            return (body.feed(data) + body.finish()).decode("utf-8", "surrogatepass")
        if isinstance(value, Mapping):
            return {name: self._scrubbed(one) for name, one in value.items()}
        return [self._scrubbed(one) for one in value] if isinstance(value, list | tuple) else value

    def _sink(self, side: str, headers: Headers) -> "Sink":
        if side not in self._sinks:
            encoded = self.encoded if isinstance(self.encoded, bool) else side in self.encoded
            encoding = ", ".join(headers.all("content-encoding")) if encoded else ""
            self._sinks[side] = Sink(
                self._folder / f"{side}.body", encoding, self._scrub.body(side), self._writer.routes
            )
        return self._sinks[side]

    def _message(self, side: str, version: str, headers: Headers, body: dict[str, Any] | None) -> dict[str, Any]:
        trailers = Headers(self._scrub.headers(self._trailers.get(side, Headers()).lines))
        return {
            "http_version": version,
            "headers": [list(line) for line in headers],
            "trailers": [list(line) for line in trailers],
            "body": body,
        }

    def _category(self, routed: str, end: End, bodies: dict[str, dict[str, Any]]) -> str:
        response = self._response
        if routed == "oauth":
            return "oauth"
        if response is None or response.status >= 400 or not end.whole:
            return "errors"
        if response.is_event_stream:
            failed = "response" in bodies and self._has_error_event()
            return "errors" if failed else "streaming"
        return routed

    def _has_error_event(self) -> bool:
        with (self._folder / "response.body").open("rb") as stream:
            blocks = iter(lambda: stream.read(1 << 18), b"")
            return any(event.name == self._writer.routes.error_event for event in sse.decode(blocks))


def _rendered(document: dict[str, Any]) -> bytes:
    """The document indented, but each chunk and header line on one line, so that a person can read it."""
    text = codec.pretty(document).decode()
    text = re.sub(r"\[\s+(\d+),\s+(\d+),\s+(\d+)\s+\]", r"[\1, \2, \3]", text)
    return re.sub(r'\[\s+("(?:[^"\\]|\\.)*"),\s+("(?:[^"\\]|\\.)*")\s+\]', r"[\1, \2]", text).encode()


def _iso(us: int | None) -> str | None:
    if us is None:
        return None
    moment = datetime.fromtimestamp(us // 1_000_000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{us % 1_000_000:06d}Z"
