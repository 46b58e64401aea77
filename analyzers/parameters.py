"""Parameters: what stands in the address of a request, in its path and in its query.

Why it matters
    Gateways route by the path and often drop a query that they do not know; a parameter can switch an endpoint to
    another behaviour without a trace in headers and body.
What is observed
    For each operation the value of every parameter of its path template, and the values of every query parameter in
    the order sent, both as sent: not percent-decoded.
What is a finding
    A query parameter that the schemas do not list, a new value where few are known, or a query parameter missing that
    every known request of the operation had (warning).
"""

from wirelore import Exchange, Observation, analyzer, path_values


@analyzer(about="request", needs={"request"})
def observe(exchange: Exchange) -> Observation | None:
    """The parameters of path and query."""
    path = path_values(exchange.operation.partition(" ")[2], exchange.request.path)
    query: dict[str, list[str]] = {}
    for name, value in exchange.request.query:
        query.setdefault(name, []).append(value)
    return {"operation": exchange.operation, "path": path, "query": query}
