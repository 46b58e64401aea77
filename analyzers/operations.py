"""Operations: which hosts and endpoints a client calls.

Why it matters
    A gateway that does not know an endpoint answers 404, and a firewall that does not know a host blocks it: both
    show as a client that hangs or degrades. A new host is also a new place that data goes to.
What is observed
    The host and the operation (`METHOD /path/{template}` after the route table, or guessed from the path's ids).
What is a finding
    A host or an operation that the schemas do not list (warning).
"""

from wirelore import Exchange, Observation, analyzer


@analyzer(about="exchange", needs={"request"}, answer={"operation"}, routes=True)
def observe(exchange: Exchange) -> Observation | None:
    """Which host and operation was called."""
    return {"host": exchange.request.host, "operation": exchange.operation}
