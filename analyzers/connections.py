"""Connections: protocol versions, the form of the request target, and the end of the exchange.

Why it matters
    A proxy that uses another HTTP or TLS version than the client expects fails before the first byte of the API. If a
    client sends the request for an https address to the proxy in plain text, every hop in between can read its token.
What is observed
    HTTP and TLS version, the negotiated protocol (ALPN), the form of the request target (origin or absolute), and the
    cause with which the exchange ended.
What is a finding
    A version that is not in the schemas (warning), an https request that reached the proxy in plain text (warning), an
    exchange that did not end as HTTP requires (note).
"""

from wirelore import Exchange, Observation, analyzer


@analyzer(
    about="exchange",
    optional={"connection": {"form", "http_version", "tls_version", "alpn"}, "end": {"end"}},
    answer={"end"},
)
def observe(exchange: Exchange) -> Observation | None:
    """Return the connection and the end of an exchange."""
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
