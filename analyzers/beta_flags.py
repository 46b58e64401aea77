"""Beta flags: which experimental features the client asks for.

Why it matters
    An upstream that does not know a flag may refuse the whole request, and a gateway that strips the header breaks
    the fields that go with it. Flags change with client versions without notice.
What is observed
    Every flag of every `anthropic-beta` line, split at commas, however long the header (claims B01, H02).
What is a finding
    A flag that the schemas do not list (warning).
"""

from wirelore import Exchange, Observation, analyzer, protocol


@analyzer(about="request", needs={"request", "request-headers"})
def observe(exchange: Exchange) -> Observation | None:
    """Which beta flags each request carries."""
    names = protocol()
    values = exchange.request.headers.all(names.flags_header)
    flags = [flag.strip() for value in values for flag in value.split(names.flag_separator) if flag.strip()]
    return {"operation": exchange.operation, "flags": flags} if flags else None
