"""Response bodies: the fields of answers that are no event streams and no errors.

Why it matters
    An SDK decodes these; a type that changes or a field that goes missing is a crash in someone's program.
What is observed
    For each operation and status (`POST /v1/messages 200`) the media type and the body: JSON as it stands, JSON lines
    line by line, other bodies by size.
What is a finding
    A wrong type, a field gone that every body had, a body that is no JSON where JSON is due (error); a new field or
    value (warning); an operation or status that nothing has been learned of, which can therefore not be judged (note).
"""

from wirelore import Exchange, Observation, analyzer, body_observation


@analyzer(
    about="response",
    needs={"response-body"},
    optional={"status": {"case"}, "response-headers": {"media_type"}},
)
def observe(exchange: Exchange) -> Observation | None:
    """The response's body."""
    response = exchange.response
    if response is None or response.status >= 400 or response.is_event_stream or not response.body.size:
        return None
    if not exchange.end.whole:
        return None
    return body_observation({"case": f"{exchange.operation} {response.status}"}, response)
