"""Response headers: the headers of each operation and class of status, with their spelling and order.

Why it matters
    Clients depend on rate-limit and retry headers, and gateways must forward them. No documentation says which status
    comes with which headers.
What is observed
    For each operation and class of status (`POST /v1/messages 2xx`) the headers by lower-case name with their values
    and spellings, the order sent, and the headers whose values changed since the previous such response of the same
    session.
What is a finding
    A header that is not in the schemas, a new value where few are known, or a missing header that every earlier
    response had (warning); a new spelling or order, or a header that changes within a session for the first time
    (note).
"""

from wirelore import Exchange, HeaderHistory, Observation, Observe, over_capture


@over_capture(
    about="response",
    needs={"response-headers", "status"},
    optional={"header-case": {"names"}, "header-order": {"order"}},
)
def start() -> Observe:
    """Return an observer of the headers of responses."""
    history = HeaderHistory()

    def observe(exchange: Exchange) -> Observation | None:
        response = exchange.response
        if response is None:
            return None
        case = f"{exchange.operation} {response.status // 100}xx"
        return {"case": case, **history.observed(exchange, response.headers, case)}

    return observe
