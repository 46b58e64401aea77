"""The library: loading, references and invalid files."""

import json
from pathlib import Path

import pytest

from tests.made_schemas import library
from wirelore.schema.judge import Departure
from wirelore.schema.library import DIALECT, Library, writable_folder
from wirelore.schema.validation import BadSchema


def test_references_stay_in_the_folder(tmp_path: Path) -> None:
    judge = library(tmp_path, {"properties": {"x": {"$ref": "a/one.json"}}}, one={"type": "integer"}).judge("a")
    assert list(judge.departures({"x": ""})) == [Departure("wrong-type", ("x",), "", "integer")]


def test_a_contradiction_of_few_samples_and_a_missing_header_are_warnings(tmp_path: Path) -> None:
    rules = library(tmp_path, {}).rules("a")
    names = ("missing-field", "wrong-type", "rarely-there", "rarely-seen-type")
    assert [rules[name].severity for name in names] == ["error", "error", "warning", "warning"]
    packaged = [Library().rules(name)["missing-header"].severity for name in ("request-headers", "response-headers")]
    assert packaged == ["warning", "warning"]


def test_a_file_that_is_not_json_is_an_error_with_the_position(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"$schema": ')
    with pytest.raises(BadSchema, match=r"a\.json: not JSON .*char 12.*restore a packaged"):
        Library(tmp_path).root("a")


def test_a_file_with_another_id_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"$schema": DIALECT, "$id": "urn:x"}))
    with pytest.raises(
        BadSchema, match=r"a\.json: \$id is 'urn:x', expected 'https://wirelore.example/schemas/a.json'"
    ):
        Library(tmp_path).root("a")


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BadSchema, match=r"nowhere: not a folder of schemas"):
        Library(tmp_path / "nowhere")


def test_a_users_folder_starts_as_a_copy_of_the_packaged_schemas(tmp_path: Path) -> None:
    folder = writable_folder(tmp_path / "mine")
    names = {path.relative_to(folder) for path in folder.rglob("*.json")}
    assert names == {path.relative_to(Library().folder) for path in Library().folder.rglob("*.json")}
    assert Library(folder).documents == Library().documents


def test_learning_without_a_folder_needs_schemas_in_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadSchema, match="name one with --schemas DIR"):
        writable_folder(None)


@pytest.mark.parametrize(
    ("rules", "named", "message"),
    [
        pytest.param({"odd": {"severity": "note", "means": "M."}}, "odd", "rule 'odd' has no message", id="no message"),
        pytest.param({"odd": "text"}, "odd", "rule 'odd' has no severity", id="not an object"),
        pytest.param(
            {"odd-id": {"severity": "note", "means": "M.", "message": "m"}},
            "od-id",
            "unknown rule 'od-id' in x-rule; did you mean 'odd-id'",
            id="a rule that is not there",
        ),
    ],
)
def test_an_incomplete_or_unknown_rule_is_an_error(tmp_path: Path, rules: object, named: str, message: str) -> None:
    folder = writable_folder(tmp_path / "schemas")
    schema = json.loads((folder / "sizes.json").read_text())
    (folder / "sizes.json").write_text(json.dumps({**schema, "x-rules": rules, "x-rule": {"type": named}}))
    with pytest.raises(BadSchema, match=rf"^sizes\.json: {message}"):
        Library(folder).rules("sizes")
