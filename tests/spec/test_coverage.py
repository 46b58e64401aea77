"""Coverage: reasons why exchanges are not described, and parts of the document that no exchange touched."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.exchanges import event, exchange, learned_library
from tests.project import ROOT
from tests.reported import conversation
from wirelore.evidence.collector import gather
from wirelore.formats.importing import import_recordings
from wirelore.model.exchange import Body, Exchange
from wirelore.model.routes import Routes
from wirelore.pages.coverage_page import coverage as page
from wirelore.redaction.redactor import Redactor
from wirelore.schema.claims import claims
from wirelore.schema.library import Library
from wirelore.spec.coverage import PARTS, Coverage, coverage, lines
from wirelore.spec.media import texts
from wirelore.spec.openapi_document import document
from wirelore.store.writer import Capture, find

SAMPLES = ROOT / "captures" / "samples"
JSON = (("content-type", "application/json"),)
LINES = (("content-type", "application/x-jsonl"),)
FORM = (("content-type", "application/x-www-form-urlencoded"),)
THING = "POST /things/{thing_id}"


def _schema(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(name: str) -> dict[str, Any]:
    return {"application/json": {"schema": _schema(name)}}


STREAM = {"text/event-stream": {"schema": _schema("Event")}}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Made", "version": "1"},
    "paths": {
        "/things/{thing_id}": {
            "parameters": [{"$ref": "#/components/parameters/thing"}],
            "post": {
                "parameters": [
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 9}},
                    {"name": "tags", "in": "query", "schema": {"type": "array", "items": {"enum": ["a", "b"]}}},
                    {"name": "X-Version", "in": "header", "required": True, "schema": {"type": "string"}},
                    {"name": "x-try", "in": "header", "schema": {"type": "integer"}},
                    {"name": "Accept", "in": "header", "required": True, "schema": {"type": "integer"}},
                ],
                "requestBody": {"required": True, "content": {**_json("Ask"), **{
                    "application/x-jsonl": {"schema": _schema("Ask")},
                    "application/x-www-form-urlencoded": {
                        "schema": {"type": "object", "required": ["code"], "properties": {"code": {}}}
                    },
                }}},
                "responses": {
                    "200": {
                        "description": "",
                        "headers": {
                            "x-id": {"required": True, "schema": {"type": "string", "pattern": "^id_"}},
                            "x-left": {"schema": {"type": "integer"}},
                        },
                        "content": {**_json("Answer"), **STREAM},
                    },
                    "4XX": {"description": "", "content": {"text/*": {"schema": {"type": "string", "minLength": 1}}}},
                },
            },
        },
        "/things/new": {"post": {"responses": {"default": {"description": ""}}}},
        "/others": {"get": {"responses": {"200": {"description": "", "content": _json("Answer")}}}},
    },
    "components": {
        "parameters": {
            "thing": {"name": "thing_id", "in": "path", "required": True,
                      "schema": {"type": "string", "pattern": "^thing_"}},
        },
        "schemas": {
            "Ask": {"type": "object", "x-observed": {"count": 2}, "required": ["model"], "properties": {
                "model": {"anyOf": [{"type": "string", "enum": ["m"]}, {"type": "string"}],
                          "x-observed": {"count": 2, "of": 2}},
                "rare": {"type": "object", "properties": {"inner": {}}},
            }},
            "Answer": {"type": "object", "required": ["block"], "properties": {"block": _schema("Block")}},
            "Block": {
                "oneOf": [_schema("Text"), _schema("OtherBlock")],
                "discriminator": {"propertyName": "type", "mapping": {"text": "#/components/schemas/Text"}},
            },
            "Text": {"type": "object", "required": ["type", "text"], "properties": {
                "type": {"const": "text"}, "text": {"type": "string"},
            }},
            "OtherBlock": {"type": "object", "required": ["type"], "properties": {
                "type": {"type": "string", "not": {"enum": ["text"]}}
            }},
            "Event": {"oneOf": [_schema("StartEvent"), _schema("StopEvent"), _schema("OtherEvent")]},
            "StartEvent": {"type": "object", "required": ["event", "data"], "properties": {
                "event": {"const": "start"}, "data": _schema("Answer"),
            }},
            "StopEvent": {"type": "object", "properties": {"event": {"const": "stop"}, "data": {}}},
            "OtherEvent": {"type": "object", "properties": {"event": {"not": {"enum": ["start", "stop"]}}}},
        },
    },
}  # fmt: skip

ASK = {"model": "m"}
ANSWER = {"block": {"type": "text", "text": "t"}}
SENT = (*JSON, ("X-Version", "1"))
GOT = (*JSON, ("X-Id", "id_1"))


def valid(body: Any = ASK, answer: Any = ANSWER, **more: Any) -> Exchange:
    """Return an exchange that the document describes, unless the arguments change it."""
    openapi = {"operation": "POST /things/thing_1", "headers": SENT, "answer_headers": GOT, **more}
    return exchange(body, answer, **openapi)


def streamed(*events: tuple[str, Any], **more: Any) -> Exchange:
    body = b"".join(event(name, data) for name, data in events)
    return valid(
        answer=body + more.pop("tail", b""), answer_headers=(("content-type", "text/event-stream"), GOT[1]), **more
    )


def covered(*exchanges: Exchange, openapi: dict[str, Any] | None = None) -> Coverage:
    return coverage(openapi or DOCUMENT, exchanges)


def reasons(*exchanges: Exchange, openapi: dict[str, Any] | None = None) -> list[tuple[str, str, str]]:
    """Return (kind, pointer, message) of each reason, sorted."""
    counts = covered(*exchanges, openapi=openapi).reasons.values()
    return sorted((one.first.kind, one.first.pointer, one.first.message) for one in counts)


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


def test_reasons_that_differ_in_array_positions_are_one_with_its_counts() -> None:
    lines_sent = b'{}\n{}\n{"model":"m"}'
    many = [valid(lines_sent, headers=(*LINES, SENT[1]), id=f"other/{number}") for number in range(12)]
    (counts,) = covered(*many).reasons.values()
    assert (counts.first.pointer, counts.count, counts.exchanges) == ("/request/body/0/model", 24, 12)
    assert (len(counts.places), counts.places[0]) == (10, "made other/0")


def test_what_only_an_open_branch_or_list_describes_is_counted() -> None:
    seen = covered(valid(), valid({"model": "new"}, {"block": {"type": "song"}}), streamed(("news", 1)))
    assert (seen.described, seen.open) == (3, 2)
    assert sorted((one.first.kind, one.first.pointer) for one in seen.open_reasons.values()) == [
        ("event", "/response/events/0/event"),
        ("request-body", "/request/body/model"),
        ("response-body", "/response/body/block/type"),
    ]


def test_every_part_is_touched_or_not() -> None:
    seen = covered(valid(), streamed(("start", ANSWER), ("news", 1)))
    assert seen.parts == {
        "operation": {THING: True, "POST /things/new": False, "GET /others": False},
        "status": {
            f"{THING} 200": True, f"{THING} 4XX": False, "POST /things/new default": False, "GET /others 200": False,
        },
        "media type": {
            f"{THING} request application/json": True,
            f"{THING} request application/x-jsonl": False,
            f"{THING} request application/x-www-form-urlencoded": False,
            f"{THING} 200 application/json": True,
            f"{THING} 200 text/event-stream": True,
            f"{THING} 4XX text/*": False,
            "GET /others 200 application/json": False,
        },
        "event": {f"{THING} start": True, f"{THING} stop": False},
        "component": {
            "Ask": True, "Answer": False, "Block": False, "Text": False, "Event": False, "StartEvent": False,
            "StopEvent": False,
        },
        "property": {
            "Ask model": True, "Ask rare": False, "Ask rare.inner": False, "Answer block": False, "Text type": False,
            "Text text": False, "StartEvent event": False, "StartEvent data": False, "StopEvent event": False,
            "StopEvent data": False,
        },
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


def test_the_summary_has_two_lines() -> None:
    assert lines(covered(valid(), valid(status=500))) == [
        "described   1 of 2 exchanges (1 not described, see coverage.md)",
        "touched     1 of 3 operations, 1 of 10 properties",
    ]
    assert lines(covered(valid()))[0] == "described   1 of 1 exchange"


def test_the_page_shows_both_ways() -> None:
    text = page(covered(valid(None), valid({"model": "new"}), valid(absent=("request-headers",))))
    assert "| Exchanges described | 2 of 3 |" in text
    assert "| request-body | `POST /things/{thing_id}` | `/request/body` | missing | 1 |" in text
    assert "| `request-headers` | the source does not contain the request headers | 1 |" in text
    assert "| `GET /others` |" in text
    assert "| `Ask` | `rare`, `rare.inner` | 2 |" in text
    headings = [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]
    assert headings == [
        "Not described", "Described only by an open branch or list", "Inconclusive",
        "Operations that no exchange touched",
        "Statuses, media types and events that no exchange touched", "Component schemas that no exchange touched",
        "Properties that no exchange touched",
    ]  # fmt: skip


def test_the_order_of_the_exchanges_makes_no_difference_to_what_is_counted() -> None:
    every = [
        valid(),
        valid(None),
        valid(status=500),
        valid({"model": 1}),
        streamed(("news", 1)),
    ]
    forth, back = covered(*every), covered(*reversed(every))
    assert (forth.parts, forth.inconclusive, forth.described, forth.open) == (
        back.parts, back.inconclusive, back.described, back.open,
    )  # fmt: skip
    assert {key: one.count for key, one in forth.reasons.items()} == {
        key: one.count for key, one in back.reasons.items()
    }


def _document(exchanges: Iterable[Exchange], library: Library) -> dict[str, Any]:
    return document(gather([("all", exchanges)]), library, Routes.load(), claims())


def _not_described(captures: list[Capture], host: str = "") -> list[tuple[str, str, str, str]]:
    every = [one for capture in captures for one in capture.exchanges() if one.request.host in (host, "") or not host]
    seen = coverage(_document(every, Library()), every)
    assert set(seen.parts) == set(PARTS)
    assert seen.exchanges == len(every) > 0
    return sorted(seen.reasons)


def test_a_document_describes_the_exchanges_that_it_was_made_of(tmp_path: Path) -> None:
    every = conversation()
    seen = coverage(_document(every, learned_library(tmp_path / "schemas", *every)), every)
    assert (seen.described, sorted(seen.reasons)) == (8, [])


def test_every_sample_is_described() -> None:
    assert _not_described(find(str(SAMPLES), Path("nowhere"))) == []


@pytest.mark.slow
def test_every_real_exchange_with_the_service_is_described(shared: Path, tmp_path: Path) -> None:
    import_recordings([shared / "real"], tmp_path / "real", Redactor(b"k" * 32))
    assert _not_described([Capture(tmp_path / "real")], "api.anthropic.com") == []


def test_a_parameter_in_foreign_digits_is_a_text() -> None:
    assert texts(["1%D9%A3"], True) == ["1\u0663", ["1\u0663"]]
    assert texts(["1" * 5000], True)[0] == "1" * 5000
    assert texts(["12"], True)[0] == 12
