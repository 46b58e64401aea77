"""Request headers: the headers of each operation, with their spelling and order.

Why it matters
    Gateways forward headers by name, upstreams reject requests that lack one, and a header that a new version adds is
    often the first sign of a new feature. Spelling and order identify a client.
What is observed
    For each operation the headers by lower-case name with their values and spellings, the order sent, and the headers
    whose values changed since the previous request of the same operation and session.
What is a finding
    A header that is not in the schemas, a new value where few are known, or a missing header that every earlier request
    had (warning); a new spelling or order, or a header that changes within a session for the first time (note).
"""

from wirelore import Exchange, HeaderHistory, Observation, Observe, over_capture


@over_capture(
    about="request",
    needs={"request", "request-headers"},
    optional={"header-case": {"names"}, "header-order": {"order"}},
)
def start() -> Observe:
    """Return an observer of the headers of requests."""
    history = HeaderHistory()

    def observe(exchange: Exchange) -> Observation:
        operation = exchange.operation
        return {"operation": operation, **history.observed(exchange, exchange.request.headers, operation)}

    return observe
