"""Connections: protocol versions, how the request was addressed, and how the exchange ended.

Why it matters
    A proxy that speaks another HTTP or TLS version than the client expects fails before the first byte of the API. A
    request for an https address that reaches the proxy in plain text shows its token to every hop in between.
What is observed
    HTTP and TLS version, the negotiated protocol (ALPN), whether the target was in origin or absolute form, and the
    cause with which the exchange ended.
What is a finding
    A version that the schemas do not list (warning), an https request sent in plain text to the proxy (warning), an
    exchange that did not end as HTTP says it should (note).
"""

from wirelore import Exchange, Observation, analyzer


@analyzer(
    about="exchange",
    optional={"connection": {"form", "http_version", "tls_version", "alpn"}, "end": {"end"}},
    answer={"end"},
)
def observe(exchange: Exchange) -> Observation | None:
    """How the exchange was carried and how it ended."""
    observation: Observation = {}
    if "end" not in exchange.absent:
        observation["end"] = exchange.end.cause
    if "connection" not in exchange.absent:
        request = exchange.request
        form = f"absolute {request.target.partition('://')[0]}" if request.absolute else "origin"
        observation |= {
            "form": form,
            "http_version": request.http_version,
            "tls_version": exchange.connection.get("tls_version"),
            "alpn": exchange.connection.get("alpn"),
        }
    return observation or None
