"""Parameters: the path and query parameters of a request.

Why it matters
    Gateways route by the path and often drop query parameters that they do not know; a parameter can change the
    behaviour of an endpoint without any change in headers and body.
What is observed
    For each operation the value of every parameter of its path template, and the values of every query parameter in the
    order sent. Both are kept as sent: not percent-decoded.
What is a finding
    A query parameter that is not in the schemas, a new value where few are known, or a missing query parameter that
    every earlier request of the operation had (warning).
"""

from wirelore import Exchange, Observation, analyzer, path_values


@analyzer(about="request", needs={"request"})
def observe(exchange: Exchange) -> Observation | None:
    """Return the path and query parameters of a request."""
    path = path_values(exchange.operation.partition(" ")[2], exchange.request.path)
    query: dict[str, list[str]] = {}
    for name, value in exchange.request.query:
        query.setdefault(name, []).append(value)
    return {"operation": exchange.operation, "path": path, "query": query}
