"""OpenAPI 3.1 and 3.2 from one model, each valid under its specification."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from openapi_spec_validator import OpenAPIV31SpecValidator, OpenAPIV32SpecValidator

from tests.exchanges import exchange, learned_library
from tests.reported import conversation, write_capture
from wirelore.cli.main import main
from wirelore.evidence.collector import Evidence, gather
from wirelore.model.exchange import Exchange
from wirelore.model.routes import Routes
from wirelore.schema.claims import claims
from wirelore.schema.library import Library
from wirelore.spec.contract import Contract
from wirelore.spec.openapi_document import document, yaml_text

Document = dict[str, Any]

VALIDATORS = {"3.1": OpenAPIV31SpecValidator, "3.2": OpenAPIV32SpecValidator}
LINES = [("content-type", "application/x-jsonl")]


def _document(folder: Path, version: str, *seen: Exchange) -> Document:
    library = learned_library(folder / "schemas", *seen)
    return document(gather([("made", seen)], library), library, Routes.load(), claims(), version)


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Document]:
    strange = exchange(None, {"a": 1}, operation="PROPFIND /a")
    lines = exchange(None, b'{"a": 1}\n{"a": 22}\n', operation="GET /lines", answer_headers=LINES)
    folder = tmp_path_factory.mktemp("made")
    return {each: _document(folder / each, each, *conversation(), strange, lines) for each in VALIDATORS}


def _stream(documents: Document) -> Any:
    return documents["paths"]["/v1/messages"]["post"]["responses"]["200"]["content"]["text/event-stream"]


@pytest.mark.slow
@pytest.mark.parametrize("version", VALIDATORS)
def test_both_versions_are_valid_and_survive_yaml(documents: dict[str, Document], version: str) -> None:
    VALIDATORS[version](documents[version]).validate()
    assert documents[version]["openapi"] == f"{version}.0"
    assert yaml.safe_load(yaml_text(documents[version])) == documents[version]


@pytest.mark.slow
@pytest.mark.parametrize("version", VALIDATORS)
def test_without_any_evidence_both_versions_are_valid(version: str) -> None:
    VALIDATORS[version](document(Evidence(), Library(), Routes.load(), claims(), version)).validate()


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(KeyError):
        document(Evidence(), Library(), Routes.load(), (), "2.0")


@pytest.mark.slow
@pytest.mark.parametrize("version", VALIDATORS)
def test_the_command_writes_the_requested_version(tmp_path: Path, version: str) -> None:
    write_capture(tmp_path / "made", conversation())
    asked = ["openapi", str(tmp_path / "made"), "--openapi", version]
    result = CliRunner().invoke(main, asked)
    assert result.exit_code == 0
    assert result.stdout.startswith(f"openapi: {version}.0\n")


def test_a_stream_has_a_schema_for_one_event_in_both(documents: dict[str, Document]) -> None:
    reference = {"$ref": "#/components/schemas/MessagesStreamEvent"}
    assert _stream(documents["3.1"])["schema"] == reference
    assert _stream(documents["3.2"])["itemSchema"] == reference
    assert "itemSchema" not in _stream(documents["3.1"])
    assert "schema" not in _stream(documents["3.2"])


def test_json_lines_have_a_schema_for_one_line_in_both(documents: dict[str, Document]) -> None:
    one, two = (
        documents[each]["paths"]["/lines"]["get"]["responses"]["200"]["content"]["application/x-jsonl"]
        for each in VALIDATORS
    )
    assert one["schema"] == two["itemSchema"]
    assert one["examples"] == {"smallest": {"value": {"a": 1}}}
    assert two["examples"] == {"smallest": {"serializedValue": '{"a": 1}\n'}}


def test_the_data_of_an_event_is_text_in_3_2_and_described_as_json(documents: dict[str, Document]) -> None:
    sent = documents["3.2"]["components"]["schemas"]["SentMessageStopEvent"]["properties"]["data"]
    assert sent == {
        "type": "string",
        "contentMediaType": "application/json",
        "contentSchema": {"$ref": "#/components/schemas/MessageStopEvent"},
        "x-observed": {"count": 1, "of": 1},
    }
    other = documents["3.2"]["components"]["schemas"]["OtherMessagesStreamEvent"]["properties"]["data"]
    assert other == {"type": "string"}


def test_an_example_of_an_event_is_as_sent_in_3_2_and_holds(documents: dict[str, Document]) -> None:
    contract = Contract(documents["3.2"])
    for name, example in _stream(documents["3.2"])["examples"].items():
        event, data, *rest = example["serializedValue"].split("\n")
        assert (event, rest) == (f"event: {name}", ["", ""])
        text = data.removeprefix("data: ")
        place = ("components", "schemas", "MessagesStreamEvent")
        assert contract.holds(place, {"event": name, "data": text})
        _, sent = contract.resolved(place)
        inner = contract.resolved(("components", "schemas", _sent(sent, name)))[1]["properties"]["data"]
        (reference,) = [inner["contentSchema"]["$ref"].rpartition("/")[2]]
        assert contract.holds(("components", "schemas", reference), json.loads(text))


def _sent(union: Document, event: str) -> str:
    return str(union["anyOf"][0]["discriminator"]["mapping"][event].rpartition("/")[2])


def test_the_branch_for_unknown_variants_is_the_default_in_3_2_only(documents: dict[str, Document]) -> None:
    old, new = (documents[each]["components"]["schemas"]["ContentBlock"] for each in VALIDATORS)
    known, other = old["anyOf"]
    assert "defaultMapping" not in known["discriminator"]
    default = {"defaultMapping": "#/components/schemas/OtherContentBlock"}
    assert new["anyOf"] == [{**known, "discriminator": {**known["discriminator"], **default}}, other]


@pytest.mark.parametrize("version", VALIDATORS)
def test_a_union_of_one_known_kind_needs_no_discriminator(documents: dict[str, Document], version: str) -> None:
    seen = {"$ref": "#/components/schemas/UrlSourceParam"}, {"$ref": "#/components/schemas/OtherImageBlockSourceParam"}
    union = [
        one for one in documents[version]["components"]["schemas"].values() if one.get("anyOf", [None])[0] == seen[0]
    ]
    assert [one["anyOf"][0] for one in union] == [seen[0]]
    assert "discriminator" not in union[0]


def test_a_method_outside_the_standard_members_is_expressed_in_3_2_only(documents: dict[str, Document]) -> None:
    assert [one["operation"] for one in documents["3.1"]["x-other-operations"]] == ["PROPFIND /a"]
    assert "/a" not in documents["3.1"]["paths"]
    assert "x-other-operations" not in documents["3.2"]
    assert documents["3.2"]["paths"]["/a"]["additionalOperations"]["PROPFIND"]["x-observed"]["count"] == 1


def test_all_else_is_the_same_in_both(documents: dict[str, Document]) -> None:
    old, new = documents["3.1"], documents["3.2"]
    assert old["components"]["schemas"].keys() == new["components"]["schemas"].keys()
    assert old["components"]["schemas"]["Message"] == new["components"]["schemas"]["Message"]
    assert old["paths"].keys() | {"/a"} == new["paths"].keys()
    assert old["paths"]["/v1/models"] == new["paths"]["/v1/models"]
