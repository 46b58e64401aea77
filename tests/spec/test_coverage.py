"""Coverage: reasons why exchanges are not described, and parts of the document that no exchange touched."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.exchanges import event, exchange, learned_library
from tests.project import ROOT
from tests.reported import conversation
from wirelore.evidence.collector import gather
from wirelore.formats.importing import import_recordings
from wirelore.model.exchange import Exchange
from wirelore.model.routes import Routes
from wirelore.redaction.redactor import Redactor
from wirelore.schema.claims import claims
from wirelore.schema.library import Library
from wirelore.spec.coverage import PARTS, Coverage, coverage, lines
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


def test_the_summary_has_two_lines() -> None:
    assert lines(covered(valid(), valid(status=500))) == [
        "described   1 of 2 exchanges (1 not described, see coverage.md)",
        "touched     1 of 3 operations, 1 of 10 properties",
    ]
    assert lines(covered(valid()))[0] == "described   1 of 1 exchange"


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
