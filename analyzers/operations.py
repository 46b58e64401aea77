"""Operations: which hosts and endpoints a client calls, with which query parameters.

Why it matters
    A gateway that does not know an endpoint answers 404, and a firewall that does not know a host blocks it: both
    show as a client that hangs or degrades. A new host is also a new place that data goes to.
What is observed
    The host, the operation (`METHOD /path/{template}` after the route table, or guessed from the path's ids), and the
    names of the query parameters, each with its operation.
What is a finding
    A host, an operation or a query parameter that the schemas do not list (warning).
"""

from analyzers._contract import Observation, analyzer
from captures.model import Exchange


@analyzer
def observe(exchange: Exchange) -> Observation | None:
    """Which host and operation was called."""
    if "request" in exchange.absent:
        return None
    names = sorted({name for name, _ in exchange.request.query})
    return {
        "host": exchange.request.host,
        "operation": exchange.operation,
        "parameters": [f"{exchange.operation} {name}" for name in names],
    }
