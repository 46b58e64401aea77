"""Exchanges against an OpenAPI document: what conforms, what does not and why, and what is inconclusive."""

from dataclasses import replace

import pytest

from tests.exchanges import exchange
from tests.spec.test_coverage import (
    ANSWER,
    ASK,
    DOCUMENT,
    FORM,
    GOT,
    JSON,
    LINES,
    SENT,
    THING,
    _schema,
    covered,
    reasons,
    streamed,
    valid,
)
from wirelore.model.exchange import Body, Exchange
from wirelore.spec.media import texts


@pytest.mark.parametrize(
    "one",
    [
        valid(),
        valid(target="/things/thing_1?limit=9&tags=a&tags=b"),
        valid(target="https://elsewhere.example/things/thing%5F1?limit=3"),
        valid({**ASK, "new": 1}, {"block": {"type": "song"}}),
        valid(b'{"model":"m"}\n\n{"model":"n"}\n', headers=(*LINES, SENT[1])),
        valid(b"code=1&more=2", headers=(*FORM, SENT[1])),
        streamed(("start", ANSWER), ("stop", {}), ("news", 1)),
        valid(answer=b"busy", status=429, answer_headers=[("content-type", "text/html; charset=utf-8")]),
        exchange(operation="POST /things/new", answer=None, status=503),
        valid(headers=(*SENT, ("x-try", "2")), answer_headers=(*GOT, ("x-left", "-1"))),
    ],
    ids=["plain", "query", "absolute", "open", "lines", "form", "stream", "range", "default", "headers"],
)
def test_an_exchange_that_conforms_is_described(one: Exchange) -> None:
    assert reasons(one) == []
    assert covered(one).described == 1


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (valid(operation="POST /nothing"), ("operation", "/request/target", "unknown path and method")),
        (valid(operation="PUT /things/thing_1"), ("operation", "/request/target", "unknown path and method")),
        (valid(operation="POST /things/x"), (
            "path-parameter", "/request/path/thing_id", "does not match the pattern ^thing_"
        )),
        (valid(target="/things/thing_1?page=1"), ("query-parameter", "/request/query/page", "not in the document")),
        (valid(target="/things/thing_1?limit=x"), (
            "query-parameter", "/request/query/limit", "string, expected integer"
        )),
        (valid(target="/things/thing_1?limit=10"), (
            "query-parameter", "/request/query/limit", "violates `maximum`"
        )),
        (valid(headers=JSON), ("request-header", "/request/headers/x-version", "missing")),
        (valid(headers=(*SENT, ("X-Try", "x"))), (
            "request-header", "/request/headers/x-try", "string, expected integer"
        )),
        (valid(b"x", headers=(("content-type", "text/x"), SENT[1])), (
            "request-media-type", "/request/headers/content-type", "text/x is not in the document"
        )),
        (valid(headers=SENT[1:]), ("request-media-type", "/request/headers/content-type", "missing")),
        (valid(None), ("request-body", "/request/body", "missing")),
        (valid({"model": 1}), ("request-body", "/request/body/model", "integer, expected string")),
        (valid(b"{"), ("request-body", "/request/body", "not JSON")),
        (valid(b'{"model":"m"}\n{}', headers=(*LINES, SENT[1])), ("request-body", "/request/body/1/model", "missing")),
        (valid(b"more=2", headers=(*FORM, SENT[1])), ("request-body", "/request/body/code", "missing")),
        (exchange(ASK, operation="POST /things/new"), (
            "request-body", "/request/body", "unexpected; the document describes no body"
        )),
        (valid(status=500), ("status", "/response/status", "500 is not in the document")),
        (valid(answer_headers=JSON), ("response-header", "/response/headers/x-id", "missing")),
        (valid(answer_headers=(*JSON, ("x-id", "1"))), (
            "response-header", "/response/headers/x-id", "does not match the pattern ^id_"
        )),
        (valid(answer_headers=(("content-type", "text/html"), GOT[1])), (
            "response-media-type", "/response/headers/content-type", "text/html is not in the document"
        )),
        (valid(answer={"block": {"type": "text"}}), ("response-body", "/response/body/block/text", "missing")),
        (valid(answer=None), ("response-body", "/response/body", "empty, expected JSON")),
        (streamed(("stop", {}), ("start", {})), ("event", "/response/events/1/data/block", "missing")),
        (streamed(("start", b"x")), ("event", "/response/events/0/data", "not JSON")),
    ],
    ids=[
        "path", "method", "path parameter", "unknown query", "wrong query", "forbidden query", "header missing",
        "header wrong", "media type", "no media type", "no body", "body", "not JSON", "a line", "a form's field",
        "body too many", "status", "response header missing", "response header wrong", "response media type",
        "response body", "response empty", "event", "event not JSON",
    ],
)  # fmt: skip
def test_an_exchange_that_does_not_conform_has_a_reason(one: Exchange, expected: tuple[str, str, str]) -> None:
    assert reasons(one) == [expected]
    assert covered(one).described == 0


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (valid(absent=("request", "request-headers"), headers=()), {"request"}),
        (valid(absent=("request-headers",), headers=JSON), {"request-headers"}),
        (valid(None, absent=("request-body",)), {"request-body"}),
        (valid(b"{", status=None, end="client-gone"), {"request-cut", "no-response"}),
        (valid(status=400, absent=("status",)), {"status"}),
        (valid(answer_headers=JSON, absent=("response-headers",)), {"response-headers"}),
        (valid(answer=None, absent=("response-body",)), {"response-body"}),
        (valid(answer=b"{", end="upstream-cut"), {"response-cut"}),
        (streamed(("start", ANSWER), tail=b"event: sta", end="upstream-cut"), {"response-cut"}),
        (valid(answer_headers=(*JSON, ("x-id", "<ID>"))), {"masked"}),
    ],
    ids=[
        "request", "request headers", "request body", "request cut", "status", "response headers", "response body",
        "response cut", "stream cut", "masked",
    ],
)  # fmt: skip
def test_a_part_that_the_source_lacks_is_inconclusive_and_counted(one: Exchange, expected: set[str]) -> None:
    assert reasons(one) == []
    assert dict(covered(one).inconclusive) == dict.fromkeys(expected, 1)


def test_a_body_that_could_not_be_decoded_is_inconclusive() -> None:
    one = valid()
    odd = Body(3, undecoded="unknown encoding x", opener=one.request.body.opener)
    request, response = one.request, one.response
    assert response is not None
    again = replace(one, request=replace(request, body=odd), response=replace(response, body=odd))
    assert dict(covered(again).inconclusive) == {"request-encoding": 1, "response-encoding": 1}


def test_complete_events_of_a_truncated_stream_are_checked() -> None:
    one = streamed(("start", {}), tail=b"event: sta", end="upstream-cut")
    assert reasons(one) == [("event", "/response/events/0/data/block", "missing")]


def test_a_concrete_path_takes_precedence_over_a_template() -> None:
    assert covered(exchange(operation="POST /things/new")).parts["operation"] == {
        THING: False, "POST /things/new": True, "GET /others": False,
    }  # fmt: skip


def test_items_are_described_by_the_item_schema_of_openapi_3_2() -> None:
    responses = {"200": {"description": "", "content": {"text/event-stream": {"itemSchema": _schema("Event")}}}}
    openapi = {
        "openapi": "3.2.0",
        "paths": {"/a": {"additionalOperations": {"COPY": {"responses": responses}}}},
        "components": DOCUMENT["components"],
    }
    good = exchange(events=[("start", ANSWER)], operation="COPY /a")
    wrong = exchange(events=[("start", {})], operation="COPY /a")
    assert reasons(good, openapi=openapi) == []
    assert reasons(wrong, openapi=openapi) == [("event", "/response/events/0/data/block", "missing")]
    assert covered(good, openapi=openapi).parts["event"] == {"COPY /a start": True, "COPY /a stop": False}


def test_the_data_of_an_event_may_be_described_as_text_with_json_in_it() -> None:
    content = {"type": "string", "contentMediaType": "application/json", "contentSchema": _schema("Answer")}
    item = {"type": "object", "required": ["data"], "properties": {"event": {"const": "start"}, "data": content}}
    responses = {"200": {"description": "", "content": {"text/event-stream": {"itemSchema": item}}}}
    paths = {"/a": {"get": {"responses": responses}}}
    openapi = {"openapi": "3.2.0", "paths": paths, "components": DOCUMENT["components"]}
    assert reasons(exchange(events=[("start", ANSWER)], operation="GET /a"), openapi=openapi) == []
    assert reasons(exchange(events=[("start", {})], operation="GET /a"), openapi=openapi) == [
        ("event", "/response/events/0/data/block", "missing")
    ]


def test_an_event_with_any_data_may_be_other_than_json() -> None:
    assert reasons(streamed(("stop", b"[DONE]"))) == []


def test_a_parameter_in_foreign_digits_is_a_text() -> None:
    assert texts(["1%D9%A3"], True) == ["1\u0663", ["1\u0663"]]
    assert texts(["1" * 5000], True)[0] == "1" * 5000
    assert texts(["12"], True)[0] == 12
