"""Retries: requests that were sent again, why, and after how long.

Why it matters
    The CLI retries by itself, so a retry looks like a fresh request. Whether a client honours `retry-after`, how often
    it tries and how long it waits decides how a gateway must answer under load.
What is observed
    A request with the operation and body of one that had failed in the ten minutes before: which attempt it is, the
    cause (status, error in the stream, or how the connection ended), the delay (milliseconds from the failure to the
    new request), and the `retry-after` that had been asked for. Boolean members of the body may differ: a client may
    ask again without streaming.
What is a finding
    Every retry (note); a retry before the time that `retry-after` asked for, or after something that no schema has
    (warning).
"""

import hashlib
import json
from collections import OrderedDict
from dataclasses import dataclass

from wirelore import Exchange, Observation, Observe, over_capture, protocol

_REMEMBERED = 10_000
_WINDOW_US = 600_000_000
"""The same request later than this after a failure is a new try of a person or a test, not a retry of a client."""


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
    """Which requests were sent again."""
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
            after = exchange.response.headers.first("retry-after") if exchange.response else None
            ended = exchange.started_us + exchange.end.us
            failures[key] = _Failure(cause, ended, after, earlier.attempt + 1 if earlier else 1)
            if len(failures) > _REMEMBERED:
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
    """The operation and the body, its boolean members apart."""
    body = exchange.request.document
    if isinstance(body.value, dict):
        kept = {name: value for name, value in body.value.items() if not isinstance(value, bool)}
        digest = hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()
    else:
        digest = exchange.request.body.sha256 or hashlib.sha256(exchange.request.body.read()).hexdigest()
    return f"{exchange.request.host} {exchange.operation} {digest}"


def _cause(exchange: Exchange) -> str | None:
    """Why the exchange failed, None if it did not."""
    response = exchange.response
    if response is not None and response.status >= 400:
        return str(response.status)
    if not exchange.end.whole:
        return exchange.end.cause
    if response is not None and response.is_event_stream:
        error = protocol().error_event
        if any(event.name == error for event in response.events()):
            return "error in the stream"
    return None
