"""Error bodies: what failures look like, as responses and inside event streams.

Why it matters
    Retry logic hangs on status and error type. An error inside a 200 stream is missed by everything that looks only at
    the status; an HTML page from a proxy in between crashes what expects JSON.
What is observed
    Where the error stands (`http`, `stream`, or `page` for what is no JSON), the status with the error's type
    (`529 overloaded_error`) or, of a page, with its media type, and the body.
What is a finding
    A body that is no JSON, a wrong type, a missing field (error); a status or error type that no schema has (warning);
    every error inside a stream that began with success (note).
"""

from collections.abc import Iterator
from typing import Any

from wirelore import Exchange, Observation, Response, analyzer, body_content, protocol, sse


@analyzer(
    about="response",
    needs={"response-body"},
    optional={"status": {"case"}, "response-headers": {"media_type"}},
    several=True,
)
def observe(exchange: Exchange) -> Observation | Iterator[Observation] | None:
    """The errors of the exchange."""
    response = exchange.response
    if response is None:
        return None
    if response.status >= 400:
        described = body_content(response)
        if "status" in exchange.absent:  # only a body shows then that it is an error, and no case can be named
            return {"where": "http", **described} if "body" in described else None
        return _observation("http", response.status, described)
    return _in_stream(response) if response.is_event_stream else None


def _in_stream(response: Response) -> Iterator[Observation]:
    for event in response.events():
        if event.complete and event.name == protocol().error_event:
            yield _observation("stream", response.status, _payload(event))


def _payload(event: sse.Event) -> dict[str, Any]:
    document = event.document
    read = {"body": document.value} if document.problem is None else {"unreadable": document.problem}
    return {"media_type": "text/event-stream", **read}


def _observation(where: str, status: int, described: dict[str, Any]) -> Observation:
    if "body" in described:
        kind = protocol().error_type(described["body"]) or "without type"
        return {"where": where, "case": f"{status} {kind}", **described}
    return {"where": "page", "page": f"{status} {described['media_type'] or 'without media type'}"}
