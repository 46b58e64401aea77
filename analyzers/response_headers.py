"""Response headers: what the server says besides the body, for each operation and class of status.

Why it matters
    Clients steer by rate-limit and retry headers, and gateways must pass them on. Which of them come with which
    status is documented nowhere.
What is observed
    For each operation and status class (`POST /v1/messages 2xx`) the headers by lower-case name with their values and
    spellings, the order sent, and which of them have changed since the last such response of the same session.
What is a finding
    A header that the schemas do not list, a new value where few are known, or a header missing that every response
    known so far carried (warning); a new spelling or order, or one that changes within a session and never did (note).
"""

from wirelore import Exchange, HeaderHistory, Observation, Observe, over_capture


@over_capture(
    about="response",
    needs={"response-headers", "status"},
    optional={"header-case": {"names"}, "header-order": {"order"}},
)
def start() -> Observe:
    """The head of the response."""
    heads = HeaderHistory()

    def observe(exchange: Exchange) -> Observation | None:
        response = exchange.response
        if response is None:
            return None
        case = f"{exchange.operation} {response.status // 100}xx"
        return {"case": case, **heads.observed(exchange, response.headers, case)}

    return observe
