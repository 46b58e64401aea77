"""New operations in the route table of a folder."""

import json
from pathlib import Path

import jsonschema

from captures.routes import PACKAGED, Routes
from schemas.routing import TABLE, accept
from tests.exchanges import blank


def test_a_new_operation_and_a_new_host_are_added_in_order_and_the_table_stays_valid(tmp_path: Path) -> None:
    folder = blank(tmp_path / "schemas")
    seen = [("POST", "/v1/dreams", "b.example"), ("POST", "/v1/dreams", "a.example"), ("POST", "/v1/messages", "x.y")]
    assert accept(folder, [*seen, *seen]) == [
        "routes.json: new operation POST /v1/dreams at a.example",
        "routes.json: POST /v1/dreams is also at b.example",
        "routes.json: POST /v1/messages is also at x.y",
    ]
    table = json.loads((folder / TABLE).read_text("utf-8"))
    jsonschema.validate(table, json.loads((PACKAGED.parent / "routes.schema.json").read_bytes()))
    keys = [(entry["path"], entry["method"]) for entry in table["operations"]]
    assert keys == sorted(keys)
    (dreams,) = [entry for entry in table["operations"] if entry["path"] == "/v1/dreams"]
    assert (dreams["hosts"], dreams["source"], dreams["claims"]) == (["a.example", "b.example"], "recording", [])
    assert Routes.load(folder / TABLE).operation("POST", "/v1/dreams") == ("POST /v1/dreams", True)


def test_what_is_known_changes_no_byte(tmp_path: Path) -> None:
    folder = blank(tmp_path / "schemas")
    before = (folder / TABLE).read_bytes()
    known = json.loads(before)["operations"]
    assert accept(folder, [(one["method"], one["path"], host) for one in known for host in one["hosts"]]) == []
    assert (folder / TABLE).read_bytes() == before
