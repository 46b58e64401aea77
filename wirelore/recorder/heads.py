"""Conversion of mitmproxy's heads to those of `wirelore.model.exchange`, without bodies."""

from typing import Any

from mitmproxy.http import Headers as Fields
from mitmproxy.http import HTTPFlow

from wirelore.model.exchange import Headers, Request, Response


def request(flow: HTTPFlow) -> Request:
    """Return the request's head, with the target as the client sent it if mitmproxy still has it.

    mitmproxy converts the absolute form that HTTP/1 clients send to a regular proxy into origin form.
    """
    source = flow.request
    return Request(
        headers=headers(source.headers),
        trailers=headers(source.trailers),
        http_version=source.http_version,
        method=source.data.method.decode("latin-1"),
        scheme=source.scheme or ("https" if flow.client_conn.tls else "http"),
        host=source.host,
        port=source.port,
        target=_target(flow),
    )


def response(flow: HTTPFlow) -> Response | None:
    """Return the response's head, or None if there is no response."""
    source = flow.response
    if source is None:
        return None
    return Response(
        headers=headers(source.headers),
        trailers=headers(source.trailers),
        http_version=source.http_version,
        status=source.status_code,
        reason=source.data.reason.decode("latin-1"),
    )


def connection(flow: HTTPFlow) -> dict[str, str | None]:
    """Describe the client's connection: HTTP and TLS version, ALPN, SNI, and the requested server."""
    client, server = flow.client_conn, flow.server_conn
    return {
        "http_version": flow.request.http_version,
        "tls_version": client.tls_version,
        "alpn": client.alpn.decode("latin-1") if client.alpn else None,
        "sni": client.sni,
        "server_name": server.address[0] if server.address else None,
    }


def headers(fields: Fields | None) -> Headers:
    """Return the header lines in order, with spelling and duplicates, decoded as latin-1. None has no lines."""
    lines: Any = fields.fields if fields is not None else ()
    return Headers(tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in lines))


def _target(flow: HTTPFlow) -> str:
    source = flow.request
    path = source.data.path.decode("latin-1")
    authority = source.data.authority.decode("latin-1")
    if source.first_line_format == "authority":
        return authority or f"{source.host}:{source.port}"
    # In HTTP/2 and HTTP/3 the authority is a pseudo header (:authority), not a part of the target.
    if authority and not (source.is_http2 or source.is_http3):
        return f"{source.data.scheme.decode('latin-1')}://{authority}{path}"
    return path
