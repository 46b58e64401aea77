"""Response headers: what the server says besides the body, for each operation and class of status.

Why it matters
    Clients steer by rate-limit and retry headers, and gateways must pass them on. Which of them come with which
    status is documented nowhere.
What is observed
    For each operation and status class (`POST /v1/messages 2xx`) the headers by lower-case name with their values and
    spellings, and the order sent.
What is a finding
    A header that the schemas do not list, a new value where few are known, or a header missing that every response
    known so far carried (warning); a new spelling or order (note).
"""

from analyzers._contract import Observation, analyzer
from analyzers._headers import head
from captures.model import Exchange


@analyzer
def observe(exchange: Exchange) -> Observation | None:
    """The head of the response."""
    response = exchange.response
    if response is None or "response-headers" in exchange.absent:
        return None
    return {"case": f"{exchange.operation} {response.status // 100}xx", **head(response.headers, exchange.absent)}
