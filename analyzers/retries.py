"""Retries: repeated requests, with their causes and delays.

Why it matters
    The CLI retries by itself, so a retry looks like a new request. How a gateway must answer under load depends on the
    client: whether it honours `retry-after`, how often it retries, and how long it waits.
What is observed
    A request with the operation and body of one that failed in the ten minutes before: the number of the attempt, the
    cause (status, error in the stream, or the end of the connection), the delay (milliseconds from the failure to the
    new request), and the requested `retry-after`. Boolean members of the body may differ, because a client may retry
    without streaming.
What is a finding
    Every retry (note); a retry before the time in `retry-after`, or after a cause that is not in the schemas (warning).
"""

import hashlib
import json
from collections import OrderedDict
from dataclasses import dataclass

from wirelore import Exchange, Observation, Observe, over_capture, protocol

_MAX_FAILURES = 10_000
_WINDOW_US = 600_000_000
"""A request that is repeated later than this after a failure comes from a person or a test, not from a retry."""


@dataclass(frozen=True, slots=True)
class _Failure:
    cause: str
    ended_us: int
    retry_after: str | None
    attempt: int


@over_capture(
    about="request",
    needs={"request", "request-body", "status", "start"},
    optional={
        "times": {"delay_ms", "retry_after_s", "waited"},
        "response-headers": {"retry_after_s", "waited"},
    },
)
def start() -> Observe:
    """Return an observer of repeated requests."""
    failures: OrderedDict[str, _Failure] = OrderedDict()

    def observe(exchange: Exchange) -> Observation | None:
        if not exchange.request.body.size:
            return None
        key = _identity(exchange)
        earlier = failures.pop(key, None)
        if earlier and not 0 <= exchange.started_us - earlier.ended_us <= _WINDOW_US:
            earlier = None
        cause = _cause(exchange)
        if cause:
            retry_after = exchange.response.headers.first("retry-after") if exchange.response else None
            ended = exchange.started_us + exchange.end.us
            failures[key] = _Failure(cause, ended, retry_after, earlier.attempt + 1 if earlier else 1)
            if len(failures) > _MAX_FAILURES:
                failures.popitem(last=False)
        return _observation(exchange, earlier) if earlier else None

    return observe


def _observation(exchange: Exchange, earlier: _Failure) -> Observation:
    observation: Observation = {
        "operation": exchange.operation,
        "attempt": earlier.attempt + 1,
        "cause": earlier.cause,
    }
    if "times" not in exchange.absent:
        delay = (exchange.started_us - earlier.ended_us) // 1000
        observation["delay_ms"] = delay
        if earlier.retry_after is not None and earlier.retry_after.isdigit():
            observation["retry_after_s"] = int(earlier.retry_after)
            observation["waited"] = delay >= int(earlier.retry_after) * 1000
    return observation


def _identity(exchange: Exchange) -> str:
    """Return a key of the host, the operation and the body without its boolean members."""
    body = exchange.request.document
    if isinstance(body.value, dict):
        compared = {name: value for name, value in body.value.items() if not isinstance(value, bool)}
        digest = hashlib.sha256(json.dumps(compared, sort_keys=True).encode()).hexdigest()
    else:
        digest = exchange.request.body.sha256 or hashlib.sha256(exchange.request.body.read()).hexdigest()
    return f"{exchange.request.host} {exchange.operation} {digest}"


def _cause(exchange: Exchange) -> str | None:
    """Return the cause of a failed exchange, or None."""
    response = exchange.response
    if response is not None and response.status >= 400:
        return str(response.status)
    if not exchange.end.is_complete:
        return exchange.end.cause
    if response is not None and response.is_event_stream:
        error = protocol().error_event
        if any(event.name == error for event in response.events()):
            return "error in the stream"
    return None
