"""Request headers: which headers a client sends with each operation, how they are spelled and in which order.

Why it matters
    Gateways forward headers by name, upstreams refuse requests that lack one, and a header that a new version adds is
    often the first sign of a new feature. Spelling and order tell one client from another.
What is observed
    For each operation the headers by lower-case name with their values and spellings, the order sent, and which of them
    have changed since the last request of the same operation and session.
What is a finding
    A header that the schemas do not list, a new value where few are known, or a header missing that every request
    known so far carried (warning); a new spelling or order, or one that changes within a session and never did (note).
"""

from wirelore import Exchange, HeaderHistory, Observation, Observe, over_capture


@over_capture(
    about="request",
    needs={"request", "request-headers"},
    optional={"header-case": {"names"}, "header-order": {"order"}},
)
def start() -> Observe:
    """The head of the request."""
    heads = HeaderHistory()

    def observe(exchange: Exchange) -> Observation:
        operation = exchange.operation
        return {"operation": operation, **heads.observed(exchange, exchange.request.headers, operation)}

    return observe
