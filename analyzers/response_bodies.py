"""Response bodies: the fields of responses that are neither event streams nor errors.

Why it matters
    SDKs decode these bodies; a changed type or a missing field crashes somebody's program.
What is observed
    For each operation and status (`POST /v1/messages 200`) the media type and the body: JSON in full, JSON lines line
    by line, other bodies by size.
What is a finding
    A wrong type, a missing field that every body had, a body that is not JSON despite its media type (error); a new
    field or value (warning); an operation or status without a schema, which is not checked (note).
"""

from wirelore import Exchange, Observation, analyzer, body_observation


@analyzer(
    about="response",
    needs={"response-body"},
    optional={"status": {"case"}, "response-headers": {"media_type"}},
)
def observe(exchange: Exchange) -> Observation | None:
    """Return the body of a complete, successful response."""
    response = exchange.response
    if response is None or response.status >= 400 or response.is_event_stream or not response.body.size:
        return None
    if not exchange.end.is_complete:
        return None
    return body_observation({"case": f"{exchange.operation} {response.status}"}, response)
