"""Request headers: which headers a client sends with each operation, how they are spelled and in which order.

Why it matters
    Gateways forward headers by name, upstreams refuse requests that lack one, and a header that a new version adds is
    often the first sign of a new feature. Spelling and order tell one client from another.
What is observed
    For each operation the headers by lower-case name with their values and spellings, and the order sent.
What is a finding
    A header that the schemas do not list, a new value where few are known, or a header missing that every request
    known so far carried (warning); a new spelling or order (note).
"""

from analyzers._contract import Observation, analyzer
from analyzers._headers import head
from captures.model import Exchange


@analyzer
def observe(exchange: Exchange) -> Observation | None:
    """The head of the request."""
    if "request-headers" in exchange.absent:
        return None
    return {"operation": exchange.operation, **head(exchange.request.headers, exchange.absent)}
