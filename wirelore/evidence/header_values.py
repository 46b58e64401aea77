"""Listable values of headers and parameters, and headers that the application does not choose."""

from functools import cache

from wirelore.evidence.counts import HeaderSeen
from wirelore.evidence.value_forms import MASKED, form, is_listable
from wirelore.model.protocol import protocol

_LONGEST = 120


_CREDENTIALS = frozenset({"authorization", "cookie", "proxy-authorization", "set-cookie"})
"""Headers of HTTP that carry credentials (RFC 9110, 11.6.2 and 11.7.2; RFC 6265, 4)."""


COMPUTED = frozenset(
    ("accept-encoding", "connection", "content-encoding", "content-length", "date", "expect", "host", "http2-settings")
) | frozenset(("keep-alive", "proxy-authenticate", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"))
"""Headers of the connection (RFC 9110, 7.6.1), and those that the HTTP library computes."""


ELSEWHERE = frozenset({"accept", "content-type"})
"""Headers that OpenAPI describes by media types and ignores as parameters."""


@cache
def credentials() -> frozenset[str]:
    """Return the headers that carry credentials."""
    return _CREDENTIALS | {protocol().api_key}


def known_values(header: HeaderSeen) -> list[str]:
    """Return the sorted values if there is only one or if they are few and repeat, else an empty list."""
    values = sorted(value for value in header.values if form(value) != MASKED)
    if header.many or any(not is_listable(form(value)) or len(value) > _LONGEST for value in values):
        return []
    return values if len(values) == 1 or header.count >= 2 * len(values) else []
