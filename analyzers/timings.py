"""Timings: the time that the service takes to answer.

Why it matters
    A timeout that suits one model or one kind of request cuts off the responses of another. Users wait for the first
    byte of a stream, not for its end.
What is observed
    For each operation and status, in milliseconds from the last byte of the request: the first byte of the response
    body, and the end of a complete response. Responses of a stand-in are excluded because their pace is configured, and
    so are recordings without times.
What is a finding
    Nothing by itself: timings are compared between recordings.
"""

from wirelore import Exchange, Observation, analyzer


@analyzer(about="response", needs={"request", "status", "times"})
def observe(exchange: Exchange) -> Observation | None:
    """Return the times to the first and the last byte of a response."""
    response = exchange.response
    if response is None or exchange.origin == "stand-in":
        return None
    sent_us = max((chunk.us for chunk in exchange.request.body.chunks), default=0)
    observation: Observation = {"operation": exchange.operation, "status": response.status}
    if response.body.chunks:
        observation["first_byte_ms"] = max(0, response.body.chunks[0].us - sent_us) // 1000
    if exchange.end.is_complete:
        observation["whole_ms"] = max(0, exchange.end.us - sent_us) // 1000
    return observation
