"""Heads: mitmproxy's request, response and connection in the words of `wirelore.model.exchange`, bodies left out."""

from typing import Any

from mitmproxy.http import Headers as Fields
from mitmproxy.http import HTTPFlow

from wirelore.model.exchange import Headers, Request, Response


def request(flow: HTTPFlow) -> Request:
    """The request's head, its target as the client sent it where mitmproxy still knows that.

    mitmproxy itself turns the absolute form that HTTP/1 clients send to a regular proxy into origin form.
    """
    sent = flow.request
    return Request(
        headers=headers(sent.headers),
        trailers=headers(sent.trailers),
        http_version=sent.http_version,
        method=sent.data.method.decode("latin-1"),
        scheme=sent.scheme or ("https" if flow.client_conn.tls else "http"),
        host=sent.host,
        port=sent.port,
        target=_target(flow),
    )


def response(flow: HTTPFlow) -> Response | None:
    """The response's head, None if there is none."""
    got = flow.response
    if got is None:
        return None
    return Response(
        headers=headers(got.headers),
        trailers=headers(got.trailers),
        http_version=got.http_version,
        status=got.status_code,
        reason=got.data.reason.decode("latin-1"),
    )


def connection(flow: HTTPFlow) -> dict[str, str | None]:
    """What is known of the client's connection: HTTP and TLS version, ALPN, SNI, and the server it was meant for."""
    client, server = flow.client_conn, flow.server_conn
    return {
        "http_version": flow.request.http_version,
        "tls_version": client.tls_version,
        "alpn": client.alpn.decode("latin-1") if client.alpn else None,
        "sni": client.sni,
        "server_name": server.address[0] if server.address else None,
    }


def headers(fields: Fields | None) -> Headers:
    """Header lines with order, spelling and duplicates, bytes read as latin-1; none for None."""
    lines: Any = fields.fields if fields is not None else ()
    return Headers(tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in lines))


def _target(flow: HTTPFlow) -> str:
    sent = flow.request
    path = sent.data.path.decode("latin-1")
    authority = sent.data.authority.decode("latin-1")
    if sent.first_line_format == "authority":
        return authority or f"{sent.host}:{sent.port}"
    # The authority of HTTP/2 and HTTP/3 is the :authority pseudo header, no part of the target.
    if authority and not (sent.is_http2 or sent.is_http3):
        return f"{sent.data.scheme.decode('latin-1')}://{authority}{path}"
    return path
