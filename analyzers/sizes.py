"""Sizes: how many bytes requests and answers have.

Why it matters
    Limits of gateways, the price of a prompt and what a cache holds depend on the size of a body. One that grows by
    half with a new client version is felt before anybody reads it.
What is observed
    For each operation the bytes of the request's body, and of the answer's if that is whole, after their
    content-encoding was undone.
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
    """The sizes of both bodies."""
    observation: Observation = {"operation": exchange.operation}
    absent = set(exchange.absent)
    if absent.isdisjoint({"request-body", "request-bytes"}):
        observation["request_bytes"] = exchange.request.body.size
    if exchange.response is not None and exchange.end.whole and absent.isdisjoint({"response-body", "response-bytes"}):
        observation["response_bytes"] = exchange.response.body.size
    return observation
