"""mitmproxy's flow files become drafts; the files are written by mitmproxy's own writer."""

import gzip
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mitmproxy.flow import Error, Flow
from mitmproxy.http import HTTPFlow
from mitmproxy.io import FlowWriter
from mitmproxy.net.http.http1 import read_request_head
from mitmproxy.test import tflow, tutils
from mitmproxy.websocket import WebSocketMessage
from wsproto.frame_protocol import Opcode

from wirelore.formats import mitmproxy_flows
from wirelore.formats.draft import Draft, Problem
from wirelore.recorder import heads


def _file(*written: Flow) -> bytes:
    stream = BytesIO()
    writer = FlowWriter(stream)  # type: ignore[no-untyped-call]  # mitmproxy leaves its writer without types
    for flow in written:
        writer.add(flow)
    return stream.getvalue()


def _read(content: bytes) -> list[Draft | Problem]:
    return list(mitmproxy_flows.read(BytesIO(content), "some.flows"))


def _draft(flow: Flow) -> Draft:
    (draft,) = _read(_file(flow))
    assert isinstance(draft, Draft)
    return draft


def _flow() -> HTTPFlow:
    flow = tflow.tflow(
        req=tutils.treq(
            method=b"POST",
            scheme=b"https",
            authority=b"",
            host="api.example.com",
            port=443,
            path=b"/v1/things?beta=true",
            headers=((b"X-Twice", b"1"), (b"x-twice", b"\xff"), (b"Content-Encoding", b"gzip")),
            content=gzip.compress(b"{}", mtime=0),
            timestamp_start=1000.0,
            timestamp_end=1000.25,
        ),
        resp=tutils.tresp(
            status_code=201,
            reason=b"Created",
            headers=((b"Content-Type", b"application/json"),),
            content=b"[1]",
            timestamp_start=1001.0,
            timestamp_end=1001.5,
        ),
    )
    flow.client_conn.tls_version = "TLSv1.3"
    flow.client_conn.alpn = b"http/1.1"
    flow.client_conn.sni = "api.example.com"
    flow.server_conn.address = ("api.example.com", 443)
    return flow


def test_a_flow_keeps_its_heads_bodies_times_and_connection() -> None:
    draft = _draft(_flow())
    exchange = draft.exchange
    assert exchange.response is not None
    assert exchange.request.headers.lines == (("X-Twice", "1"), ("x-twice", "\xff"), ("Content-Encoding", "gzip"))
    assert (exchange.request.method, exchange.request.scheme, exchange.request.host) == (
        "POST",
        "https",
        "api.example.com",
    )
    assert (exchange.request.target, exchange.request.port) == ("/v1/things?beta=true", 443)
    assert draft.request_body == ((250_000, gzip.compress(b"{}", mtime=0)),)
    assert draft.encoded == ("request", "response")
    assert (exchange.response.status, exchange.response.reason) == (201, "Created")
    assert draft.response_body == ((1_500_000, b"[1]"),)
    assert (exchange.started_us, draft.head_us, exchange.end.cause, exchange.end.us) == (
        1_000_000_000,
        1_000_000,
        "complete",
        1_500_000,
    )
    assert exchange.connection == {
        "http_version": "HTTP/1.1",
        "tls_version": "TLSv1.3",
        "alpn": "http/1.1",
        "sni": "api.example.com",
        "server_name": "api.example.com",
    }
    assert (exchange.origin, exchange.source, exchange.absent) == ("mitmproxy", "some.flows#1", ())


@pytest.mark.parametrize(
    ("message", "responded", "cause"),
    [
        ("Client disconnected.", True, "client-gone"),
        ("Connection killed.", False, "client-gone"),
        ("[Errno 111] Connect call failed ('127.0.0.1', 1)", False, "upstream-refused"),
        ("Certificate verify failed: self signed certificate", False, "tls-failed"),
        ("server closed connection", False, "upstream-cut"),
        ("something new", False, "no-response"),
        ("something new", True, "upstream-cut"),
    ],
)
def test_a_flows_error_gives_the_cause_of_its_end(message: str, responded: bool, cause: str) -> None:
    flow = _flow()
    flow.error = Error(message, 1002.0)
    if not responded:
        flow.response = None
    end = _draft(flow).exchange.end
    assert (end.cause, end.message, end.us) == (cause, message, 2_000_000)


def test_a_body_that_the_proxy_did_not_store_is_absent() -> None:
    flow = _flow()
    assert flow.response is not None
    flow.response.raw_content = None
    draft = _draft(flow)
    assert (draft.response_body, draft.exchange.absent) == ((), ("response-body",))


def test_web_socket_messages_are_noted() -> None:
    flow = tflow.twebsocketflow()
    assert flow.websocket is not None
    flow.websocket.messages = [
        WebSocketMessage(Opcode.TEXT, True, b"hi", flow.request.timestamp_start + 1),
        WebSocketMessage(Opcode.BINARY, False, b"\xff", flow.request.timestamp_start + 2),
    ]
    assert _draft(flow).notes == {
        "websocket": {
            "sent": 1,
            "received": 1,
            "messages": [
                {"us": 1_000_000, "direction": "sent", "opcode": 1, "data": "hi"},
                {"us": 2_000_000, "direction": "received", "opcode": 2, "data": "\\xff"},
            ],
        }
    }


def test_flows_that_are_not_http_are_counted() -> None:
    first, *problems = _read(_file(_flow(), tflow.ttcpflow(), tflow.ttcpflow(), tflow.tdnsflow()))
    assert isinstance(first, Draft)
    assert [str(problem) for problem in problems] == [
        "some.flows: 1 DNS flow: not HTTP; only HTTP flows can be imported",
        "some.flows: 2 TCP flows: not HTTP; only HTTP flows can be imported",
    ]


def test_a_truncated_file_keeps_earlier_flows_and_names_the_byte() -> None:
    content = _file(_flow())
    first, problem = _read(content + content[:100])
    assert isinstance(first, Draft)
    assert isinstance(problem, Problem)
    assert (problem.place, problem.found) == (
        f"byte {len(content)}",
        f"a flow truncated after 100 of {len(content)} bytes",
    )


def test_a_bad_flow_in_the_middle_is_a_problem_and_the_others_are_read() -> None:
    content = _file(_flow())
    items = _read(content + b"9:3:abc,0:~}" + content)
    assert [type(item) for item in items] == [Draft, Problem, Draft]
    assert isinstance(items[1], Problem)
    assert items[1].place == f"flow 2 at byte {len(content)}"


@given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda data: f"{len(data)}:".encode() + data + b"}"))
def test_no_bytes_make_the_reader_raise(content: bytes) -> None:
    assert _read(content)


def test_a_target_stays_in_absolute_form_for_http1_only() -> None:
    flow = _flow()
    flow.request = read_request_head([b"GET http://example.com:8080/a?b HTTP/1.1", b"Host: example.com"])
    assert heads.request(flow).target == "http://example.com:8080/a?b"
    flow.request.data.http_version = b"HTTP/2.0"
    assert heads.request(flow).target == "/a?b"
    flow.request = read_request_head([b"CONNECT example.com:443 HTTP/1.1"])
    assert heads.request(flow).target == "example.com:443"


def test_a_flow_that_is_too_large_is_skipped_and_the_next_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    small, large = _file(_flow()), _file(tflow.tflow(resp=tutils.tresp(content=b"x" * 100_000)))
    monkeypatch.setattr(mitmproxy_flows, "ENTRY_LIMIT", 50_000)
    first, problem, last = _read(small + large + small)
    assert isinstance(first, Draft)
    assert isinstance(problem, Problem)
    assert isinstance(last, Draft)
    assert (problem.place, problem.found) == (f"byte {len(small)}", "a flow of more than 0 MiB")
    assert last.exchange.source == "some.flows#3"


def test_a_flow_whose_request_fits_no_index_line_is_named() -> None:
    flow = _flow()
    flow.request.path = "/" + "a" * 300_000
    (problem,) = _read(_file(flow))
    assert str(problem) == "some.flows: flow 1 at byte 0: a target of 300001 characters; expected at most 65536"
