"""Timings: how long the service takes to answer.

Why it matters
    A timeout that fits one model or one way of asking cuts the answers of another. What people wait for is the first
    byte of a stream, not its end.
What is observed
    For each operation and status, in milliseconds from the last byte of the request: the first byte of the answer's
    body, and the end of an answer that came whole. Not of answers of a stand-in, which take as long as it was told to,
    nor of recordings whose source tells no times.
What is a finding
    Nothing by itself: timings are compared between recordings.
"""

from wirelore import Exchange, Observation, analyzer


@analyzer(about="response", needs={"request", "status", "times"})
def observe(exchange: Exchange) -> Observation | None:
    """The waits for the first byte and for the last."""
    response = exchange.response
    if response is None or exchange.origin == "stand-in":
        return None
    asked_us = max((chunk.us for chunk in exchange.request.body.chunks), default=0)
    observation: Observation = {"operation": exchange.operation, "status": response.status}
    if response.body.chunks:
        observation["first_byte_ms"] = max(0, response.body.chunks[0].us - asked_us) // 1000
    if exchange.end.whole:
        observation["whole_ms"] = max(0, exchange.end.us - asked_us) // 1000
    return observation
