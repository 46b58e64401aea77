"""Sizes: the number of bytes in the bodies of requests and responses.

Why it matters
    Limits of gateways, the price of a prompt and the content of a cache depend on the size of a body. Users feel it
    when a new client version sends half as much again.
What is observed
    For each operation the bytes of the request body, and those of the response body if it is complete, both after their
    content-encoding is decoded.
What is a finding
    Nothing by itself: sizes are compared between recordings.
"""

from wirelore import Exchange, Observation, analyzer


@analyzer(
    about="exchange",
    needs={"request"},
    optional={
        "request-body": {"request_bytes"},
        "request-bytes": {"request_bytes"},
        "response-body": {"response_bytes"},
        "response-bytes": {"response_bytes"},
    },
    answer={"response_bytes"},
)
def observe(exchange: Exchange) -> Observation | None:
    """Return the sizes of both bodies."""
    observation: Observation = {"operation": exchange.operation}
    absent_parts = set(exchange.absent)
    if absent_parts.isdisjoint({"request-body", "request-bytes"}):
        observation["request_bytes"] = exchange.request.body.size
    if (
        exchange.response is not None
        and exchange.end.is_complete
        and absent_parts.isdisjoint({"response-body", "response-bytes"})
    ):
        observation["response_bytes"] = exchange.response.body.size
    return observation
