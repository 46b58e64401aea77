"""Operations: the hosts and endpoints that a client calls.

Why it matters
    A gateway answers 404 to an endpoint that it does not know, and a firewall blocks an unknown host: in both cases the
    client hangs or degrades. A new host is also a new destination of data.
What is observed
    The host and the operation (`METHOD /path/{template}`, from the route table or derived from the ids in the path).
What is a finding
    A host or an operation that is not in the schemas (warning).
"""

from wirelore import Exchange, Observation, analyzer


@analyzer(about="exchange", needs={"request"}, answer={"operation"}, routes=True)
def observe(exchange: Exchange) -> Observation | None:
    """Return the host and the operation of an exchange."""
    return {"host": exchange.request.host, "operation": exchange.operation}
