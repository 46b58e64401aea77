"""Data frames of captures: a row per exchange, event, header or finding.

The names, order and types of the columns are those of the tables below, even in an empty frame. A value that the source
of a recording does not contain is missing (`<NA>`, `NaT`), never zero. Only this module imports pandas, when a frame is
requested.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from wirelore.analysis.check import Finding
from wirelore.model.exchange import Exchange, Headers

if TYPE_CHECKING:
    import pandas as pd

    Frame = pd.DataFrame

_TEXT, _COUNT, _FLAG = "string[python]", "Int64", "boolean"
_MOMENT, _SPAN = "datetime64[us, UTC]", "timedelta64[us]"

EXCHANGES = {
    "capture": _TEXT,
    "exchange": _TEXT,
    "sequence": _COUNT,
    "started": _MOMENT,
    "first_byte": _SPAN,
    "duration": _SPAN,
    "operation": _TEXT,
    "category": _TEXT,
    "tags": _TEXT,
    "client": _TEXT,
    "method": _TEXT,
    "host": _TEXT,
    "target": _TEXT,
    "status": _COUNT,
    "request_type": _TEXT,
    "request_bytes": _COUNT,
    "response_type": _TEXT,
    "response_bytes": _COUNT,
    "events": _COUNT,
    "end": _TEXT,
    "origin": _TEXT,
    "source": _TEXT,
    "redactions": _COUNT,
}
"""Columns of exchanges. `started` is the time of the request's first byte; `first_byte` and `duration` are the times
from there to the first byte of the response body and to the end. `tags` are separated by spaces. `client` is
`name/version`. `request_type` and `response_type` are media types. Sizes are bytes of the decoded bodies. `events` is
the number of complete server-sent events, `redactions` the number of replaced secrets. `end` and `origin` are those of
`wirelore.Exchange`."""

EVENTS = {
    "capture": _TEXT,
    "exchange": _TEXT,
    "number": _COUNT,
    "operation": _TEXT,
    "event": _TEXT,
    "arrived": _MOMENT,
    "after": _SPAN,
    "offset": _COUNT,
    "size": _COUNT,
    "complete": _FLAG,
    "data": _TEXT,
}
"""Columns of server-sent events, numbered from 1 in their stream. `arrived` is the time of the event's last byte,
`after` the time since the request's first byte. `offset` and `size` are bytes of the decoded body. `data` is text with
invalid UTF-8 replaced."""

HEADERS = {
    "capture": _TEXT,
    "exchange": _TEXT,
    "operation": _TEXT,
    "status": _COUNT,
    "side": _TEXT,
    "part": _TEXT,
    "number": _COUNT,
    "name": _TEXT,
    "spelled": _TEXT,
    "value": _TEXT,
}
"""Columns of header lines, numbered from 1 in the order sent. `side` is `request` or `response`, `part` is `head` or
`trailer`. `name` is in lower case, `spelled` as sent."""

FINDINGS = {
    "capture": _TEXT,
    "exchange": _TEXT,
    "item": _COUNT,
    "severity": _TEXT,
    "analyzer": _TEXT,
    "rule": _TEXT,
    "operation": _TEXT,
    "pointer": _TEXT,
    "message": _TEXT,
    "fingerprint": _TEXT,
}
"""Columns of findings, see `wirelore.Finding`. `item` is the number of the observation (for events, of the event)."""


def exchange_frame(exchanges: Iterable[Exchange]) -> "pd.DataFrame":
    """Return a frame with a row per exchange and the columns EXCHANGES."""
    return _frame(EXCHANGES, map(_exchange, exchanges))


def event_frame(exchanges: Iterable[Exchange]) -> "pd.DataFrame":
    """Return a frame with a row per server-sent event and the columns EVENTS."""
    return _frame(EVENTS, (row for exchange in exchanges for row in _events(exchange)))


def header_frame(exchanges: Iterable[Exchange]) -> "pd.DataFrame":
    """Return a frame with a row per header line and the columns HEADERS."""
    return _frame(HEADERS, (row for exchange in exchanges for row in _headers(exchange)))


def finding_frame(findings: Iterable[Finding]) -> "pd.DataFrame":
    """Return a frame with a row per finding and the columns FINDINGS."""
    return _frame(FINDINGS, map(_finding, findings))


OF_EXCHANGES: dict[str, Callable[[Iterable[Exchange]], "pd.DataFrame"]] = {
    "exchanges": exchange_frame,
    "events": event_frame,
    "headers": header_frame,
}
"""The functions that make a frame from exchanges alone, by kind."""


def _frame(columns: dict[str, str], rows: Iterable[tuple[Any, ...]]) -> "pd.DataFrame":
    import pandas as pd

    table = list(rows)
    return pd.DataFrame(
        {name: _series([row[index] for row in table], kind) for index, (name, kind) in enumerate(columns.items())}
    )


def _series(values: list[Any], kind: str) -> Any:
    """Return a column. Times are given in microseconds; None is a missing value."""
    import pandas as pd

    column: Any
    if kind == _MOMENT:
        column = pd.to_datetime(pd.Series(values, dtype="Int64"), unit="us", utc=True)
    elif kind == _SPAN:
        column = pd.to_timedelta(pd.Series(values, dtype="Int64"), unit="us")
    else:
        column = pd.Series(values, dtype="object")
    return column.astype(kind)


def _exchange(exchange: Exchange) -> tuple[Any, ...]:
    absent, request, response = set(exchange.absent), exchange.request, exchange.response
    has_request = "request" not in absent
    started = None if "start" in absent else exchange.started_us
    first = response.body.chunks[0].us if response and response.body.chunks else None
    return (
        exchange.capture,
        exchange.id,
        exchange.sequence,
        started,
        None if "times" in absent else first,
        None if {"times", "end"} & absent else exchange.end.us,
        exchange.operation or None,
        exchange.category,
        " ".join(exchange.tags),
        None if {"request", "request-headers"} & absent else request.client,
        request.method if has_request else None,
        request.host if has_request else None,
        request.target if has_request else None,
        _status(exchange),
        request.media_type,
        None if {"request", "request-body"} & absent else request.body.size,
        response.media_type if response else None,
        None if response is None or "response-body" in absent else response.body.size,
        sum(event.complete for event in response.events()) if response and response.is_event_stream else None,
        exchange.end.cause,
        exchange.origin,
        exchange.source or None,
        sum(exchange.redactions.values()),
    )


def _status(exchange: Exchange) -> int | None:
    return None if exchange.response is None or "status" in exchange.absent else exchange.response.status


def _events(exchange: Exchange) -> Iterator[tuple[Any, ...]]:
    if exchange.response is None or not exchange.response.is_event_stream:
        return
    for number, event in enumerate(exchange.response.events(), 1):
        after = None if "times" in exchange.absent else event.us
        arrived = None if after is None or "start" in exchange.absent else exchange.started_us + after
        data = event.data.decode("utf-8", "replace")
        place = (event.offset, event.size, event.complete)
        yield (exchange.capture, exchange.id, number, exchange.operation, event.name, arrived, after, *place, data)


def _headers(exchange: Exchange) -> Iterator[tuple[Any, ...]]:
    for side, message in (("request", exchange.request), ("response", exchange.response)):
        parts: list[tuple[str, Headers]] = []
        if message is not None and f"{side}-headers" not in exchange.absent:
            parts = [("head", message.headers), ("trailer", message.trailers)]
        for part, headers in parts:
            for number, (name, value) in enumerate(headers, 1):
                place = (exchange.capture, exchange.id, exchange.operation, _status(exchange), side, part, number)
                yield (*place, name.lower(), name, value)


def _finding(finding: Finding) -> tuple[Any, ...]:
    analyzer = finding.rule.partition("/")[0]
    texts = (finding.operation, finding.pointer, finding.message, finding.fingerprint)
    return (finding.capture, finding.exchange, finding.item, finding.severity, analyzer, finding.rule, *texts)
