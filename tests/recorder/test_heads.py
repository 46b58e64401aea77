"""mitmproxy's heads as ours: every line in order, and the target as it was sent."""

import pytest
from mitmproxy import http
from mitmproxy.test import tflow, tutils

from wirelore.model.exchange import Headers
from wirelore.recorder import heads

LINES = ((b"X-A", b"1"), (b"x-a", b"\xe9"), (b"X-A", b"1"))


def test_a_request_keeps_its_lines_and_names_its_server() -> None:
    flow = tflow.tflow(
        req=tutils.treq(
            method=b"PO\xe9ST",
            scheme=b"https",
            host="api.test",
            port=444,
            path=b"/v1?a=\xe9",
            headers=http.Headers(LINES),
        )
    )
    request = heads.request(flow)
    assert request.headers.lines == (("X-A", "1"), ("x-a", "\xe9"), ("X-A", "1"))
    assert (request.method, request.scheme, request.host, request.port) == ("PO\xe9ST", "https", "api.test", 444)
    assert (request.target, request.http_version, request.trailers) == ("/v1?a=\xe9", "HTTP/1.1", Headers())


@pytest.mark.parametrize(
    ("authority", "version", "target"),
    [
        (b"", b"HTTP/1.1", "/path"),
        (b"api.test:80", b"HTTP/1.1", "http://api.test:80/path"),
        (b"api.test", b"HTTP/2.0", "/path"),
        (b"api.test", b"HTTP/3", "/path"),
    ],
)
def test_the_target_is_in_absolute_form_only_in_http1_with_an_authority(
    authority: bytes, version: bytes, target: str
) -> None:
    flow = tflow.tflow(req=tutils.treq(authority=authority, http_version=version))
    assert heads.request(flow).target == target


@pytest.mark.parametrize(("authority", "target"), [(b"api.test:443", "api.test:443"), (b"", "address:22")])
def test_the_target_of_a_tunnel_is_its_authority(authority: bytes, target: str) -> None:
    flow = tflow.tflow(req=tutils.treq(method=b"CONNECT", scheme=b"", path=b"", authority=authority))
    assert flow.request.first_line_format == "authority"
    assert heads.request(flow).target == target


@pytest.mark.parametrize(("has_tls", "scheme"), [(True, "https"), (False, "http")])
def test_a_request_without_a_scheme_has_that_of_its_connection(has_tls: bool, scheme: str) -> None:
    flow = tflow.tflow(req=tutils.treq(scheme=b""))
    flow.client_conn.tls = has_tls
    assert heads.request(flow).scheme == scheme


def test_a_response_keeps_reason_and_trailers() -> None:
    flow = tflow.tflow(
        resp=tutils.tresp(
            status_code=529, reason=b"T\xe9", headers=http.Headers(LINES), trailers=http.Headers(LINES[:1])
        )
    )
    response = heads.response(flow)
    assert response is not None
    assert (response.status, response.reason, len(response.headers.lines)) == (529, "T\xe9", 3)
    assert response.trailers.lines == (("X-A", "1"),)


def test_a_flow_without_a_response_has_none() -> None:
    assert heads.response(tflow.tflow()) is None


def test_a_connection_names_what_was_agreed_on_and_the_server() -> None:
    flow = tflow.tflow()
    flow.client_conn.alpn, flow.client_conn.sni, flow.client_conn.tls_version = b"h2", "api.test", "TLSv1.3"
    flow.server_conn.address = ("203.0.113.7", 443)
    assert heads.connection(flow) == {
        "http_version": "HTTP/1.1",
        "tls_version": "TLSv1.3",
        "alpn": "h2",
        "sni": "api.test",
        "server_name": "203.0.113.7",
    }
    flow.client_conn.alpn, flow.server_conn.address = None, None
    assert (heads.connection(flow)["alpn"], heads.connection(flow)["server_name"]) == (None, None)


def test_no_headers_are_no_lines() -> None:
    assert heads.headers(None) == Headers()
