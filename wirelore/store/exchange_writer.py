"""Writing one exchange into a capture, redacted from its first byte and moved into place when it ends."""

import shutil
from collections import Counter
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from wirelore.model import sse
from wirelore.model.exchange import LOST, End, Headers, Request, Response
from wirelore.model.routes import Routes, slug
from wirelore.redaction.pseudonym_digests import digests
from wirelore.redaction.redactor import Redactor
from wirelore.store import journal
from wirelore.store.body_writer import BodyWriter
from wirelore.store.files import replace_content
from wirelore.store.index import entry_of
from wirelore.store.reader import ASIDE, FORMAT
from wirelore.store.rendering import iso, rendered


class Owner(Protocol):
    """The capture to which an exchange belongs."""

    folder: Path
    routes: Routes
    redactor: Redactor
    redactions: Counter[str]

    def add(self, line: dict[str, Any], started_us: int, ended_us: int, client: str) -> None:
        """Add the index line of an exchange that is in place. Times are Unix microseconds."""
        ...


class ExchangeWriter:
    """One exchange being written: redacted on disk from the first byte, moved into place when it ends."""

    def __init__(
        self,
        writer: Owner,
        sequence: int,
        started_us: int,
        request: Request,
        connection: Mapping[str, Any],
        *,
        journaled: bool,
    ) -> None:
        self.sequence = sequence
        self.started_us = started_us
        self.origin, self.source = "recorded", ""
        self.absent: tuple[str, ...] = ()
        self.encoded: bool | Collection[str] = True
        self.notes: dict[str, Any] = {}
        """Additional members of exchange.json, for example for a WebSocket."""
        self._writer = writer
        self._scrub = writer.redactor.exchange()
        self._folder = writer.folder / ASIDE / f"{sequence:06d}"
        scheme, version = self._scrub.text(request.scheme), self._scrub.text(request.http_version)
        request = replace(request, method=self._scrub.text(request.method), scheme=scheme, http_version=version)
        self._request = request
        self._request_headers = Headers(self._scrub.headers(request.headers.lines))
        self._target = self._scrub.target(request.target)
        self._host = self._scrub.text(request.host)
        self._connection = self._scrub.value(connection)
        self._response: Response | None = None
        self._reason, self._response_headers = "", Headers()
        self._bodies: dict[str, BodyWriter] = {}
        self._trailers: dict[str, Headers] = {}
        self._first_byte_us: int | None = None
        self._latest_us = 0
        self._journaled = journaled
        self._operation, self._is_known = writer.routes.operation(request.method, request.path)
        route = writer.routes.match(request.method, request.path)
        self._route_category = route.category if route else "other"
        self._folder.mkdir(mode=0o700)
        try:
            self._write_journal()
        except BaseException:
            self.drop()
            raise

    def request_chunk(self, us: int, data: bytes) -> None:
        """Add bytes of the request body as received, with the time in microseconds."""
        self._latest_us = us
        self._feed("request", self._request.headers, us, data)

    def response_head(self, response: Response, us: int | None = None) -> None:
        """Add the response head, with the time in microseconds."""
        self._response = replace(response, http_version=self._scrub.text(response.http_version))
        self._response_headers = Headers(self._scrub.headers(response.headers.lines))
        self._reason = self._scrub.text(response.reason)
        self._first_byte_us = us
        self._latest_us = us or self._latest_us
        self._write_journal()

    def response_chunk(self, us: int, data: bytes) -> None:
        """Add bytes of the response body as received, with the time in microseconds."""
        self._latest_us = us
        if self._response is not None:
            self._feed("response", self._response.headers, us, data)

    def trailers(self, side: str, headers: Headers) -> None:
        """Add the trailers of the `request` or the `response`."""
        self._trailers[side] = Headers(self._scrub.headers(headers.lines))

    def settle(self) -> None:
        """Write earlier data to disk provisionally, in case `end` is never called. Raises OSError."""
        answered = self._response is not None
        reports = {
            side: writer.settle(complete=answered and side == "request")
            for side, writer in sorted(self._bodies.items())
        }
        if bodies := {side: body for side, body in reports.items() if body}:
            self._write_journal(bodies)

    def drop(self) -> None:
        """Discard the exchange and remove its files."""
        for writer in self._bodies.values():
            with suppress(OSError):  # the file is removed with its folder
                writer.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def end(self, end: End) -> str:
        """End the exchange, move its folder into place and return its id."""
        writer, scrub = self._writer, self._scrub
        bodies = {side: sink.finish() for side, sink in sorted(self._bodies.items())}
        document = self._document(self._category(end, bodies), end, bodies)
        name: str = document["id"]
        document.update(
            tags=sorted({tag for sink in self._bodies.values() for tag in sink.tags}),
            source=scrub.text(self.source),
            **self._scrub.value(self.notes),
        )
        document["end"]["message"] = scrub.text(end.message)
        document["redactions"] = dict(sorted(scrub.counts.items()))
        document["pseudonyms"] = digests(scrub.written)
        replace_content(self._folder / "exchange.json", rendered(document))
        (self._folder / journal.NAME).unlink(missing_ok=True)
        final = writer.folder / name
        final.parent.mkdir(mode=0o700, exist_ok=True)
        self._folder.rename(final)
        writer.redactions.update(scrub.counts)
        writer.add(
            entry_of(document), self.started_us, self.started_us + end.us, Request(headers=self._request_headers).client
        )
        return name

    def _document(self, category: str, end: End, bodies: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
        """Return the current content of exchange.json, without tags, source and notes."""
        request, response = self._request, self._response
        stamp = datetime.fromtimestamp(self.started_us / 1e6, UTC).strftime("%Y%m%d_%H%M%S")
        return {
            "format": FORMAT,
            "id": f"{category}/{stamp}_{self.sequence:06d}_{slug(self._operation, self._is_known)}",
            "sequence": self.sequence,
            "started_us": self.started_us,
            "started": iso(self.started_us),
            "operation": self._operation if self._is_known else "",
            "category": category,
            "tags": [],
            "origin": self.origin,
            "source": "",
            "absent": list(self.absent),
            "connection": self._connection,
            "request": {
                "method": request.method,
                "scheme": request.scheme,
                "host": self._host,
                "port": request.port,
                "target": self._target,
                **self._message("request", request.http_version, self._request_headers, bodies.get("request")),
            },
            "response": response
            and {
                "status": response.status,
                "reason": self._reason,
                "head_us": self._first_byte_us,
                **self._message("response", response.http_version, self._response_headers, bodies.get("response")),
            },
            "end": {"cause": end.cause, "us": end.us, "message": end.message},
            "facts": self._scrub.facts(),
            "redactions": dict(sorted(self._scrub.counts.items())),
            "pseudonyms": digests(self._scrub.written),
        }

    def _write_journal(self, bodies: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        """Append to the journal the exchange.json that applies if the recorder is killed now."""
        if self._journaled:
            lost = End(LOST, self._latest_us, "the recorder was lost")
            journal.add(self._folder, self._document(self._category(lost, {}), lost, {}), bodies)

    def _feed(self, side: str, headers: Headers, us: int, data: bytes) -> None:
        writer = self._body_writer(side, headers)
        writer.feed(us, data)
        if writer.grown and self._journaled:
            self._write_journal({side: writer.report()})

    def _body_writer(self, side: str, headers: Headers) -> "BodyWriter":
        if side not in self._bodies:
            encoded = self.encoded if isinstance(self.encoded, bool) else side in self.encoded
            encoding = ", ".join(headers.all("content-encoding")) if encoded else ""
            self._bodies[side] = BodyWriter(
                self._folder / f"{side}.body", encoding, self._scrub.body(side), self._writer.routes
            )
        return self._bodies[side]

    def _message(self, side: str, version: str, headers: Headers, body: dict[str, Any] | None) -> dict[str, Any]:
        trailers = self._trailers.get(side, Headers())
        return {
            "http_version": version,
            "headers": [list(line) for line in headers],
            "trailers": [list(line) for line in trailers],
            "body": body,
        }

    def _category(self, end: End, bodies: dict[str, dict[str, Any]]) -> str:
        response = self._response
        if self._route_category == "oauth":
            return "oauth"
        if response is None or response.status >= 400 or not end.is_complete:
            return "errors"
        if response.is_event_stream:
            failed = "response" in bodies and self._has_error_event()
            return "errors" if failed else "streaming"
        return self._route_category

    def _has_error_event(self) -> bool:
        with (self._folder / "response.body").open("rb") as stream:
            blocks = iter(lambda: stream.read(1 << 18), b"")
            return any(event.name == self._writer.routes.error_event for event in sse.decode(blocks))
