"""The evidence in the OpenAPI document: counts, provenance and examples."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.exchanges import exchange, learned_library
from tests.project import ROOT
from tests.reported import ASK, HEADERS, TEXT, conversation, message
from wirelore.evidence.collector import Evidence, gather
from wirelore.formats.importing import import_recordings
from wirelore.model.exchange import Exchange
from wirelore.model.routes import Routes
from wirelore.redaction.redactor import Redactor
from wirelore.schema.claims import claims
from wirelore.schema.library import Library
from wirelore.spec import openapi_document
from wirelore.spec.contract import Contract
from wirelore.spec.openapi_document import document
from wirelore.store.writer import Capture, find

Document = dict[str, Any]


def _document(library: Library, *seen: Exchange, version: str = "3.1") -> Document:
    return document(gather([("made", seen)], library), library, Routes.load(), claims(), version)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return learned_library(tmp_path_factory.mktemp("library") / "schemas", *conversation())


@pytest.fixture(scope="module")
def schemas(library: Library) -> Document:
    result: Document = _document(library, *conversation())["components"]["schemas"]
    return result


def test_an_unknown_variant_is_counted_apart_and_an_unobserved_one_is_learned(library: Library) -> None:
    strange = {**message(TEXT, {"type": "hologram"}), "content": [{"type": "hologram", "depth": 3}]}
    result = _document(library, exchange(ASK, strange))["components"]["schemas"]
    assert result["OtherContentBlock"]["x-observed"]["count"] == 1
    assert result["ContentBlock"]["x-observed"]["count"] == 1
    assert result["TextBlock"]["x-provenance"] == "learned"
    assert "x-observed" not in result["TextBlock"]
    assert not any("x-provenance" in each for each in result["TextBlock"]["properties"].values())


def test_a_property_says_its_provenance_only_where_it_differs(library: Library) -> None:
    asked = {**ASK, "messages": [{"role": "user"}]}
    result = _document(library, exchange(asked, message()))["components"]["schemas"]
    provenances = {name: each.get("x-provenance") for name, each in result["MessageParam"]["properties"].items()}
    assert (result["MessageParam"]["x-provenance"], provenances) == ("observed", {"content": "learned", "role": None})


def test_a_claimed_property_that_was_seen_is_both(tmp_path: Path) -> None:
    library = learned_library(tmp_path / "schemas", exchange(ASK, message()))
    path = next(tmp_path.rglob("request-bodies/post-v1-messages.json"))
    schema = json.loads(path.read_bytes())
    schema["properties"]["body"]["properties"]["model"]["x-claims"] = ["E01"]
    path.write_text(json.dumps(schema))
    result = _document(Library(library.folder), exchange(ASK, message()))["components"]["schemas"]
    model = result["MessagesRequestParam"]["properties"]["model"]
    assert (model["x-provenance"], model["x-claims"]) == ("both", ["E01"])


def test_free_form_objects_are_not_described(schemas: Document) -> None:
    assert schemas["ToolUseBlock"]["properties"]["input"] == {
        "description": "Free-form: the content is not described.",
        "type": "object",
        "x-observed": {"count": 1, "of": 1},
    }


def test_the_counts_merge_in_any_order(library: Library) -> None:
    parts = [gather([("made", [one])], library) for one in conversation()]
    again = [gather([("made", [one])], library) for one in reversed(conversation())]
    forward, reversed_headers = Evidence(), Evidence()
    for one in parts:
        forward.merge(one)
    for one in again:
        reversed_headers.merge(one)
    at_once = gather([("made", conversation())], library)
    assert forward.objects == reversed_headers.objects == at_once.objects
    assert forward.examples == reversed_headers.examples == at_once.examples


def test_evidence_without_a_library_has_no_objects() -> None:
    assert gather([("made", conversation())]).objects == {}


def test_the_size_of_what_is_kept_does_not_grow_with_the_traffic(library: Library) -> None:
    few, many = (gather([("made", conversation() * times)], library) for times in (1, 5))
    assert few.objects.keys() == many.objects.keys()
    assert few.examples == many.examples


def test_a_path_parameter_shows_a_value_and_how_often_it_was_seen(tmp_path: Path) -> None:
    asked = [exchange(None, {}, operation=f"DELETE /v1/files/file_{number:016}") for number in (1, 2)]
    result = _document(learned_library(tmp_path / "schemas", *asked), *asked)
    (parameter,) = result["paths"]["/v1/files/{file_id}"]["delete"]["parameters"]
    assert parameter["example"] == "file_0000000000000001"
    assert parameter["x-observed"] == {"count": 2, "of": 2}


def test_headers_have_their_usual_spelling_and_order(library: Library) -> None:
    operation = _document(library, *conversation())["paths"]["/v1/messages"]["post"]
    agent = next(one for one in operation["parameters"] if one["name"] == "user-agent")
    assert agent["x-spelling"] == "User-Agent"
    assert operation["x-header-order"] == {"order": [name.lower() for name, _ in HEADERS], "count": 6, "of": 6}


def test_two_equally_frequent_orders_are_not_reported(library: Library) -> None:
    one = exchange(ASK, message(), headers=HEADERS)
    reversed_headers = replace(one, request=replace(one.request, headers=type(one.request.headers)(HEADERS[::-1])))
    assert "x-header-order" not in _document(library, one, reversed_headers)["paths"]["/v1/messages"]["post"]


def test_a_header_parameter_says_how_it_varies(tmp_path: Path) -> None:
    library = learned_library(tmp_path / "schemas", *conversation())
    path = next(tmp_path.rglob("request-headers/post-v1-messages.json"))
    schema = json.loads(path.read_bytes())
    schema["properties"]["headers"]["properties"]["user-agent"]["x-varies"] = "version"
    path.write_text(json.dumps(schema))
    operation = _document(Library(library.folder), *conversation())["paths"]["/v1/messages"]["post"]
    assert {one["name"]: one.get("x-varies") for one in operation["parameters"]}["user-agent"] == "version"


def _examples(result: Document) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the examples of a document, each with the place of its schema."""
    for path, item in result["paths"].items():
        for method, operation in item.items():
            yield from _examples_in(operation, ("paths", path, method))


def _examples_in(node: Any, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(node, list):
        for number, each in enumerate(node):
            yield from _examples_in(each, (*place, str(number)))
    if not isinstance(node, dict):
        return
    if "schema" in node:
        values = (
            [node["example"]] if "example" in node else [each["value"] for each in node.get("examples", {}).values()]
        )
        yield from (((*place, "schema"), value) for value in values)
        return
    for key, inner in node.items():
        yield from _examples_in(inner, (*place, key))


def _of_captures(captures: list[Capture]) -> Document:
    library = Library()
    evidence = gather([(capture.name, capture.exchanges()) for capture in captures], library)
    return openapi_document.document(evidence, library, Routes.load(), claims())


def _prove_examples(result: Document) -> None:
    contract = Contract(result)
    examples = list(_examples(result))
    assert len(examples) > 50
    assert [place for place, value in examples if not contract.holds(place, value)] == []
    assert max(len(json.dumps(value, ensure_ascii=False)) for _, value in examples) <= 2_000


def test_every_example_of_the_samples_holds_and_is_small() -> None:
    _prove_examples(_of_captures(find(str(ROOT / "captures" / "samples"), Path("nowhere"))))


@pytest.mark.slow
def test_every_example_of_real_traffic_holds_and_is_small(shared: Path, tmp_path: Path) -> None:
    import_recordings([shared / "real"], tmp_path / "real", Redactor(b"k" * 32))
    _prove_examples(_of_captures(find(str(tmp_path / "real"), Path("nowhere"))))


def test_every_text_in_an_example_of_a_body_comes_from_traffic(library: Library) -> None:
    sent = "".join([one.response.body.read().decode() for one in conversation() if one.response])
    media = _document(library, *conversation())["paths"]["/v1/messages"]["post"]["responses"]["200"]["content"]
    example = media["application/json"]["example"]
    assert all(json.dumps(text) in sent for text in (example["id"], example["content"][0]["text"]))
