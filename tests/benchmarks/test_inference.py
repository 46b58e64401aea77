"""The parts of benchmarks/inference that compute the figures on learned schemas."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.inference import corpus, har, peers
from benchmarks.inference.census import Census, spots, written
from benchmarks.inference.corruption import EVIDENCE, Corruption, Mark, Training
from benchmarks.inference.documents import documents
from benchmarks.inference.growth import grown
from benchmarks.inference.heads import Heads
from benchmarks.inference.kinds import KINDS
from benchmarks.inference.openapi import Described
from benchmarks.inference.process import run
from benchmarks.inference.sensitivity import Trial, outcomes
from benchmarks.inference.tables import share, table
from benchmarks.inference.teaching import blank, observed, taught
from benchmarks.inference.tools import ByGroup, leaked, rejects
from benchmarks.inference.unions import variants
from benchmarks.inference.verdicts import judged
from tests.exchanges import exchange
from wirelore.analysis.registry import registry
from wirelore.formats import Draft, read
from wirelore.model.exchange import Exchange
from wirelore.model.json_pointer import pointer
from wirelore.schema.library import Library

NOTHING = object()
HEADERS = (
    ("Content-Type", "application/json"),
    ("User-Agent", "made-client/1.0"),
    ("X-Always", "yes"),
    ("anthropic-beta", "made-2025-01-01"),
)


def ask(number: int) -> dict[str, Any]:
    """Return a request body."""
    use = {"type": "tool_use", "id": f"toolu_01Use{number:013}", "name": "look", "input": {"free": {"form": number}}}
    text = {"type": "text", "text": f"question {number}"}
    return {
        "model": "made-model",
        "max_tokens": 5,
        "stream": True,
        "messages": [{"role": "user", "content": [text, use]}],
    }


def stream(number: int) -> list[tuple[str, dict[str, Any]]]:
    """Return the events of a response."""
    message = {"type": "message", "id": f"msg_01Made{number:012}", "content": [], "usage": {"input_tokens": number}}
    delta = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": f"answer {number}"}}
    block = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
    return [
        ("message_start", {"type": "message_start", "message": message}),
        ("content_block_start", block),
        ("ping", {"type": "ping"}),
        ("content_block_delta", delta),
        ("content_block_stop", {"type": "content_block_stop", "index": 0}),
        ("message_delta", {"type": "message_delta", "delta": {"stop_reason": "end_turn"}}),
        ("message_stop", {"type": "message_stop"}),
    ]


def failure(number: int) -> dict[str, Any]:
    """Return the body of an error."""
    return {"type": "error", "error": {"type": "overloaded_error", "message": f"no {number}"}}


def recordings(first: int, last: int) -> Iterator[Exchange]:
    """Yield distinct streams and errors."""
    for number in range(first, last):
        named: dict[str, Any] = {"id": f"messages/{number}", "source": f"made#{number}", "headers": HEADERS}
        yield exchange(ask(number), events=stream(number), **named)
        failed: dict[str, Any] = {**named, "id": f"errors/{number}", "source": f"failed#{number}"}
        yield exchange(ask(number), failure(number), status=529, **failed)


TAUGHT = list(recordings(0, 12))
HELD_BACK = list(recordings(12, 14))
TRAINING = Training(Census(observed(TAUGHT)), Heads(TAUGHT))


def all_of(kind: str) -> list[tuple[Exchange, Corruption]]:
    """Return all corruptions of a kind in the held-back exchanges."""
    return [(each, made) for each in HELD_BACK for made in KINDS[kind](each, TRAINING)]


def at(one: Exchange, mark: Mark) -> Any:
    """Return the value of an exchange's observation at a mark."""
    for lesson in observed([one]):
        if (lesson.analyzer, lesson.item) == (mark.analyzer, mark.item):
            for path, value in everything(lesson.observation, ()):
                if pointer(path) == mark.pointer:
                    return value
    return NOTHING


def everything(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    yield path, value
    if isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from everything(inner, (*path, step))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_changes_what_its_marks_name(kind: str) -> None:
    made = all_of(kind)
    assert made
    for before, corruption in made:
        after = corruption.spoilt()
        assert any(at(before, mark) != at(after, mark) for mark in corruption.marks), corruption.place


@pytest.mark.parametrize("kind", KINDS)
def test_no_corruption_touches_another_exchange(kind: str) -> None:
    before = [list(observed([each])) for each in HELD_BACK]
    for _, corruption in all_of(kind):
        corruption.spoilt()
    assert [list(observed([each])) for each in HELD_BACK] == before


def test_nothing_inside_free_form_content_is_spoilt() -> None:
    places = {corruption.place for kind in KINDS for _, corruption in all_of(kind)}
    assert [place for place in places if "/input/" in place or "/free" in place] == []


def test_what_few_observations_had_is_no_corruption() -> None:
    few = list(recordings(0, EVIDENCE - 1))
    training = Training(Census(observed(few)), Heads(few))
    kinds = ("required field dropped", "type changed", "null where never null", "member added")
    assert [c for kind in kinds for each in HELD_BACK for c in KINDS[kind](each, training)] == []


def test_a_member_that_one_sample_lacked_is_not_dropped() -> None:
    lacking = ask(99)
    del lacking["max_tokens"]
    training = Training(Census(observed([*TAUGHT, exchange(lacking, {})])), Heads(TAUGHT))
    dropped = {
        corruption.place
        for each in HELD_BACK
        for corruption in KINDS["required field dropped"](each, training)
        if corruption.place.startswith("request-bodies")
    }
    assert "request-bodies POST /v1/messages /body/model" in dropped
    assert "request-bodies POST /v1/messages /body/max_tokens" not in dropped


def test_a_dropped_field_is_gone_and_nothing_else() -> None:
    before, corruption = next(
        (each, made) for each, made in all_of("required field dropped") if made.place.endswith("/body/max_tokens")
    )
    wanted = {name: value for name, value in before.request.document.value.items() if name != "max_tokens"}
    assert corruption.spoilt().request.document.value == wanted
    assert corruption.marks == {Mark("request-bodies", None, "/body/max_tokens")}


def test_a_dropped_event_is_gone_and_the_step_over_the_gap_is_named() -> None:
    before, corruption = all_of("event dropped")[1]
    assert before.response
    assert corruption.place == "content_block_start between message_start and ping"
    response = corruption.spoilt().response
    assert response
    names = [event.name for event in before.response.events()]
    assert [event.name for event in response.events()] == names[:1] + names[2:]
    assert corruption.marks == {Mark("event-sequence", None, "/steps/1")}


def test_a_changed_event_is_named_by_its_number() -> None:
    _, corruption = all_of("event data that is not JSON")[3]
    assert corruption.marks == {Mark("event-payloads", 4, "/unreadable")}


def test_a_request_without_user_agent_is_another_clients() -> None:
    headers = tuple(line for line in HEADERS if line[0] != "User-Agent")
    nameless = [exchange(ask(number), {}, headers=headers) for number in range(EVIDENCE)]
    training = Training(TRAINING.census, Heads([*TAUGHT, *nameless]))
    found = {made.place for each in HELD_BACK for made in KINDS["missing header"](each, training)}
    assert found == {f"POST /v1/messages {name}" for name in ("anthropic-beta", "content-type", "x-always")}


def test_corruptions_are_caught_where_they_are_marked_and_counted(tmp_path: Path) -> None:
    library = taught(tmp_path / "schemas", observed(TAUGHT))
    kinds = ["required field dropped", "unknown event name", "missing message_stop", "unknown request header"]
    found = outcomes([Trial(HELD_BACK, library, TRAINING)], kinds)
    assert {kind: (each.caught, sum(each.missed.values())) for kind, each in found.items()} == {
        kind: (found[kind].applied, 0) for kind in kinds
    }
    assert [found[kind].applied for kind in kinds[1:]] == [14, 2, 4]


def test_what_was_learned_passes_and_is_counted_by_analyzer(tmp_path: Path) -> None:
    lessons = list(observed(TAUGHT))
    result = judged(TAUGHT, {"made": lessons}, taught(tmp_path / "schemas", lessons))
    assert (result.exchanges, result.exchanges_with_finding, result.findings) == (24, 0, [])
    assert result.verdicts["event-payloads"].observations == 7 * 12


def test_a_blank_library_knows_no_operation(tmp_path: Path) -> None:
    library = Library(blank(tmp_path / "schemas"))
    assert [name for name in registry() if library.branches(name)] == []
    assert library.root("operations")["properties"]["operation"]["enum"] == []


def test_a_place_is_written_with_the_variants_on_the_way() -> None:
    lesson = next(each for each in observed(HELD_BACK) if each.analyzer == "request-bodies")
    places = [written(spot.place) for spot in spots(lesson)]
    assert "request-bodies POST /v1/messages /body/messages/*/content/*<tool_use>/input" in places


def test_an_archive_comes_back_as_it_was(tmp_path: Path) -> None:
    har.write(HELD_BACK, tmp_path / "all.har")
    drafts = [each for each in read(tmp_path / "all.har") if isinstance(each, Draft)]
    assert len(drafts) == len(HELD_BACK)
    for one, draft in zip(HELD_BACK, drafts, strict=True):
        back = draft.exchange
        assert back.response
        assert one.response
        assert (back.request.method, back.request.target, back.request.host) == (
            "POST",
            "/v1/messages",
            one.request.host,
        )
        assert (back.request.headers, back.response.headers) == (one.request.headers, one.response.headers)
        assert back.response.status == one.response.status
        assert b"".join(piece for _, piece in draft.request_body) == one.request.body.read()
        assert b"".join(piece for _, piece in draft.response_body) == one.response.body.read()


def test_repeated_exchanges_have_other_ids_and_other_texts() -> None:
    first, *_, second = grown(HELD_BACK[:1], 2)
    assert first is HELD_BACK[0]
    text, use = second.request.document.value["messages"][0]["content"]
    assert text == {"type": "text", "text": "question 12 1"}
    assert use["id"] == "toolu_01Use0000000000001"[: len(use["id"])]
    assert use["name"] == "look"
    assert second.response
    assert [event.name for event in second.response.events()] == [name for name, _ in stream(12)]


def test_properties_of_free_form_content_are_counted_through_references() -> None:
    free = {"type": "object", "properties": {"city": {"$ref": "#/definitions/City"}}}
    schema = {
        "definitions": {"City": {"properties": {"name": {}}}},
        "properties": {"model": {}, "input": free, "metadata": {"properties": {"user_id": {}}}},
    }
    assert leaked(schema) == 3


def test_a_merged_object_tells_no_variant_apart_and_a_union_does() -> None:
    every = [document for each in TAUGHT for document in documents(each)]
    found = [each for each in variants(every, TRAINING.census) if each.is_event]
    merged = ByGroup({"events POST /v1/messages": {"type": "object", "required": ["type"]}})
    assert {each.is_told_apart(merged) for each in found} == {False}
    rules = [
        {"if": {"properties": {"type": {"const": each.shape[-1][1:-1]}}}, "then": {"required": sorted(each.own)}}
        for each in found
    ]
    union = ByGroup({"events POST /v1/messages": {"allOf": rules}})
    assert [each.is_told_apart(union) for each in found] == [True] * 5


def test_the_schema_of_an_openapi_document_is_found_by_template_and_status() -> None:
    answer = {"schema": {"type": "object", "properties": {"id": {"type": "string", "nullable": True}}}}
    path = {"delete": {"responses": {"200": {"content": {"application/json": answer}}}}}
    described = Described({"paths": {"/v1/files/{id}": path}})
    one = exchange(None, {"id": "file_1"}, operation="DELETE /v1/files/{file_id}", target="/v1/files/file_1")
    (document,) = documents(one)
    assert described.operations() == {"DELETE /v1/files/{}"}
    assert [rejects(described, document, {"id": value}) for value in ("x", None, 1)] == [False, False, True]
    assert described.complaints(next(documents(HELD_BACK[0])), {}) is None


def test_a_command_past_its_limit_is_ended_and_said_to_be_late() -> None:
    assert run(["sleep", "60"], limit_s=0.1).problem == "not done in 0 s"


def test_a_command_is_measured_by_its_own_memory() -> None:
    done = run(["true"])
    assert done.problem == ""
    assert 0 < done.peak_mb < 20


def test_tools_that_npm_cannot_install_are_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pins = peers.PINS / "requirements.txt"
    monkeypatch.setattr(peers, "_pip", lambda folder, _: folder.mkdir(exist_ok=True))
    monkeypatch.setenv("PATH", str(tmp_path))
    found = peers.installed(tmp_path / "cache")
    assert found.node is None
    assert found.reasons == ("npm not found on PATH; install Node.js 18 or later",)
    assert found.python
    assert found.python.parents[1].name.startswith(f"{pins.stem}-")


def test_without_recordings_the_reason_names_the_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIRELORE_SHARED", str(tmp_path))
    with pytest.raises(corpus.NoCorpus, match="no recordings; name the folder that holds `real` with WIRELORE_SHARED"):
        corpus.real_folder()


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(0, 0, "-"), (3, 3, "100 % (3 of 3)"), (9_999, 10_000, "99.9 % (9,999 of 10,000)"), (1, 3, "33.3 % (1 of 3)")],
    ids=["nothing", "all", "all but one", "some"],
)
def test_only_all_of_it_is_a_hundred_percent(part: int, whole: int, text: str) -> None:
    assert share(part, whole) == text


def test_a_table_keeps_bars_inside_their_cell() -> None:
    assert table(["a", "b"], [("x|y", 1_000)]) == "| a | b |\n| --- | --- |\n| x\\|y | 1,000 |\n"


def test_pins_name_one_version_of_each_tool() -> None:
    wanted = json.loads((peers.PINS / "package.json").read_text("utf-8"))["dependencies"]
    lines = [line for line in (peers.PINS / "requirements.txt").read_text("utf-8").splitlines() if line[0] != "#"]
    assert sorted([*wanted, *(line.partition("==")[0] for line in lines)]) == [
        "genson", "har-to-openapi", "mitmproxy2swagger", "quicktype"
    ]  # fmt: skip
    assert [version for version in wanted.values() if not version[0].isdigit()] == []
