"""Error bodies: the content of failures, in responses and inside event streams.

Why it matters
    Retry logic depends on the status and the error type. Code that checks only the status misses an error inside a 200
    stream, and an HTML page from a proxy in between crashes code that expects JSON.
What is observed
    The location of the error (`http`, `stream`, or `page` if the body is not JSON), the status with the error type
    (`529 overloaded_error`) or, for a page, with the media type, and the body.
What is a finding
    A body that is not JSON, a wrong type, a missing field (error); a status or error type that is not in the schemas
    (warning); every error inside a stream that began with a successful status (note).
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
    """Return the error of a response, or those of its event stream."""
    response = exchange.response
    if response is None:
        return None
    if response.status >= 400:
        content = body_content(response)
        if "status" in exchange.absent:  # the status is unknown: only a JSON body identifies an error, without a case
            return {"where": "http", **content} if "body" in content else None
        return _observation("http", response.status, content)
    return _in_stream(response) if response.is_event_stream else None


def _in_stream(response: Response) -> Iterator[Observation]:
    for event in response.events():
        if event.complete and event.name == protocol().error_event:
            yield _observation("stream", response.status, _payload(event))


def _payload(event: sse.Event) -> dict[str, Any]:
    document = event.document
    content = {"body": document.value} if document.problem is None else {"unreadable": document.problem}
    return {"media_type": "text/event-stream", **content}


def _observation(location: str, status: int, content: dict[str, Any]) -> Observation:
    if "body" in content:
        kind = protocol().error_type(content["body"]) or "without type"
        return {"where": location, "case": f"{status} {kind}", **content}
    return {"where": "page", "page": f"{status} {content['media_type'] or 'without media type'}"}
