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

from wirelore.analysis.contract import Observation, analyzer
from wirelore.model.exchange import Exchange


@analyzer
def observe(exchange: Exchange) -> Observation | None:
    """The sizes of both bodies."""
    if "request" in exchange.absent:
        return None
    observation: Observation = {"operation": exchange.operation}
    if "request-body" not in exchange.absent:
        observation["request_bytes"] = exchange.request.body.size
    if exchange.response is not None and exchange.end.whole and "response-body" not in exchange.absent:
        observation["response_bytes"] = exchange.response.body.size
    return observation
