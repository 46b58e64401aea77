"""Event payloads: the data of each server-sent event.

Why it matters
    A new event or delta type is the first thing to break strict clients; a renamed field breaks all of them.
What is observed
    For each operation and event (`POST /v1/messages content_block_delta`) the data, parsed as JSON; one observation for
    each event.
What is a finding
    A wrong type, a missing field that every such event had, data that is not JSON (error); a new event, field or value
    (warning). The finding includes the number of the event in the stream.
"""

from collections.abc import Iterator

from wirelore import Exchange, Observation, analyzer, sse


@analyzer(about="response", needs={"response-body"}, several=True)
def observe(exchange: Exchange) -> Iterator[Observation] | None:
    """Return an iterator of the data of every complete event."""
    response = exchange.response
    if response is None or not response.is_event_stream or response.status >= 400:
        return None
    return _payloads(exchange)


def _payloads(exchange: Exchange) -> Iterator[Observation]:
    if exchange.response is None:
        return
    body = exchange.response.body
    for event, value, problem in sse.decode_json(body.blocks(), body.chunks):
        if event.complete:
            yield (
                {"unreadable": f"event {event.name}: {problem}"}
                if problem
                else {"case": f"{exchange.operation} {event.name}", "data": value}
            )
