"""Beta flags: the experimental features that the client requests.

Why it matters
    An upstream that does not know a flag may reject the whole request, and a gateway that strips the header breaks the
    fields that belong to it. Flags change between client versions without notice.
What is observed
    Every flag of every `anthropic-beta` header, split at commas, regardless of the length of the header (claims B01,
    H02).
What is a finding
    A flag that is not in the schemas (warning).
"""

from wirelore import Exchange, Observation, analyzer, protocol


@analyzer(about="request", needs={"request", "request-headers"})
def observe(exchange: Exchange) -> Observation | None:
    """Return the beta flags of a request."""
    names = protocol()
    values = exchange.request.headers.all(names.flags_header)
    flags = [flag.strip() for value in values for flag in value.split(names.flag_separator) if flag.strip()]
    return {"operation": exchange.operation, "flags": flags} if flags else None
