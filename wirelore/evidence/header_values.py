"""Values of headers and parameters that may be listed, and the headers that are nobody's choice."""

from wirelore.evidence.counts import HeaderSeen
from wirelore.evidence.value_forms import MASKED, form, is_listable

_LONGEST = 120


CREDENTIALS = frozenset({"authorization", "cookie", "proxy-authorization", "set-cookie", "x-api-key"})
"""Headers that carry credentials: security schemes, or a session's own business."""


COMPUTED = frozenset(
    ("accept-encoding", "connection", "content-encoding", "content-length", "date", "expect", "host", "http2-settings")
) | frozenset(("keep-alive", "proxy-authenticate", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"))
"""Headers of the connection (RFC 9110, 7.6.1), and those that the HTTP library computes."""


ELSEWHERE = frozenset({"accept", "content-type"})
"""Headers that OpenAPI describes by media types; as parameters it ignores them."""


def known_values(seen: HeaderSeen) -> list[str]:
    """The values, sorted, where they are few and come again, or there is only one; otherwise nothing."""
    values = sorted(value for value in seen.values if form(value) != MASKED)
    if seen.many or any(not is_listable(form(value)) or len(value) > _LONGEST for value in values):
        return []
    return values if len(values) == 1 or seen.count >= 2 * len(values) else []
