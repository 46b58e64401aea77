"""Data frames of captures: a row per exchange, event, header or finding.

Columns are stable: their names, order and types are those of the tables below, also where there is no row. What the
source of a recording does not tell is missing (`<NA>`, `NaT`), never zero. pandas is imported when a frame is asked
for; nothing else in the project imports it.
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
"""Of exchanges. `started` is when the request's first byte came; `first_byte` and `duration` count from there to the
response's first byte of body and to the end. `tags` are separated by spaces, `client` is `name/version`, the types are
media types, sizes are bytes of the decoded bodies, `events` are complete server-sent events, `redactions` are replaced
secrets. `end` and `origin` are those of `wirelore.Exchange`."""

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
"""Of server-sent events, numbered from 1 in their stream. `arrived` is when the last byte came, `after` counts from the
request's first byte; `offset` and `size` are bytes of the decoded body; `data` is text, bytes that are not UTF-8 are
replaced."""

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
"""Of header lines, numbered from 1 as sent. `side` is `request` or `response`, `part` is `head` or `trailer`, `name` is
in lower case and `spelled` as sent."""

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
"""Of findings, see `wirelore.Finding`; `item` is the number of the observation (of events, their number) or missing."""


def exchange_frame(exchanges: Iterable[Exchange]) -> "pd.DataFrame":
    """A row per exchange; columns EXCHANGES."""
    return _frame(EXCHANGES, (_exchange(one) for one in exchanges))


def event_frame(exchanges: Iterable[Exchange]) -> "pd.DataFrame":
    """A row per server-sent event; columns EVENTS."""
    return _frame(EVENTS, (row for one in exchanges for row in _events(one)))


def header_frame(exchanges: Iterable[Exchange]) -> "pd.DataFrame":
    """A row per header line; columns HEADERS."""
    return _frame(HEADERS, (row for one in exchanges for row in _headers(one)))


def finding_frame(findings: Iterable[Finding]) -> "pd.DataFrame":
    """A row per finding; columns FINDINGS."""
    return _frame(FINDINGS, map(_finding, findings))


OF_EXCHANGES: dict[str, Callable[[Iterable[Exchange]], "pd.DataFrame"]] = {
    "exchanges": exchange_frame,
    "events": event_frame,
    "headers": header_frame,
}
"""The frames that are made of exchanges alone, by kind."""


def _frame(columns: dict[str, str], rows: Iterable[tuple[Any, ...]]) -> "pd.DataFrame":
    import pandas as pd

    table = list(rows)
    return pd.DataFrame(
        {name: _series([row[place] for row in table], kind) for place, (name, kind) in enumerate(columns.items())}
    )


def _series(values: list[Any], kind: str) -> Any:
    """A column; moments and spans are given in microseconds, None is missing."""
    import pandas as pd

    column: Any
    if kind == _MOMENT:
        column = pd.to_datetime(pd.Series(values, dtype="Int64"), unit="us", utc=True)
    elif kind == _SPAN:
        column = pd.to_timedelta(pd.Series(values, dtype="Int64"), unit="us")
    else:
        column = pd.Series(values, dtype="object")
    return column.astype(kind)


def _exchange(one: Exchange) -> tuple[Any, ...]:
    absent, request, response = set(one.absent), one.request, one.response
    is_told = "request" not in absent
    started = None if "start" in absent else one.started_us
    first = response.body.chunks[0].us if response and response.body.chunks else None
    return (
        one.capture,
        one.id,
        one.sequence,
        started,
        None if "times" in absent else first,
        None if {"times", "end"} & absent else one.end.us,
        one.operation or None,
        one.category,
        " ".join(one.tags),
        None if {"request", "request-headers"} & absent else request.client,
        request.method if is_told else None,
        request.host if is_told else None,
        request.target if is_told else None,
        _status(one),
        request.media_type,
        None if {"request", "request-body"} & absent else request.body.size,
        response.media_type if response else None,
        None if response is None or "response-body" in absent else response.body.size,
        sum(event.complete for event in response.events()) if response and response.is_event_stream else None,
        one.end.cause,
        one.origin,
        one.source or None,
        sum(one.redactions.values()),
    )


def _status(one: Exchange) -> int | None:
    return None if one.response is None or "status" in one.absent else one.response.status


def _events(one: Exchange) -> Iterator[tuple[Any, ...]]:
    if one.response is None or not one.response.is_event_stream:
        return
    for number, event in enumerate(one.response.events(), 1):
        after = None if "times" in one.absent else event.us
        arrived = None if after is None or "start" in one.absent else one.started_us + after
        data = event.data.decode("utf-8", "replace")
        place = (event.offset, event.size, event.complete)
        yield (one.capture, one.id, number, one.operation, event.name, arrived, after, *place, data)


def _headers(one: Exchange) -> Iterator[tuple[Any, ...]]:
    for side, message in (("request", one.request), ("response", one.response)):
        parts: list[tuple[str, Headers]] = []
        if message is not None and f"{side}-headers" not in one.absent:
            parts = [("head", message.headers), ("trailer", message.trailers)]
        for part, headers in parts:
            for number, (name, value) in enumerate(headers, 1):
                place = (one.capture, one.id, one.operation, _status(one), side, part, number)
                yield (*place, name.lower(), name, value)


def _finding(one: Finding) -> tuple[Any, ...]:
    analyzer = one.rule.partition("/")[0]
    words = (one.operation, one.pointer, one.message, one.fingerprint)
    return (one.capture, one.exchange, one.item, one.severity, analyzer, one.rule, *words)
