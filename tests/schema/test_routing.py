"""New operations in the route table of a folder."""

import json
from pathlib import Path

import jsonschema

from tests.exchanges import blank, exchange
from wirelore.model.routes import PACKAGED, Routes
from wirelore.schema.routing import TABLE, accept


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


def test_known_operations_do_not_change_the_file(tmp_path: Path) -> None:
    folder = blank(tmp_path / "schemas")
    before = (folder / TABLE).read_bytes()
    known = json.loads(before)["operations"]
    assert accept(folder, [(one["method"], one["path"], host) for one in known for host in one["hosts"]]) == []
    assert (folder / TABLE).read_bytes() == before


def test_the_parameters_of_a_new_operation_have_the_names_of_its_guessed_template(tmp_path: Path) -> None:
    folder = blank(tmp_path / "schemas")
    sent = [exchange(operation=f"GET /v9/skills/skill_{number:016}/versions/{number}") for number in (1, 2)]
    operations = {("GET", one.operation.removeprefix("GET ")) for one in sent}
    template = "/v9/skills/{skill_id}/versions/{version_id}"
    assert accept(folder, [(*operation, "a.example") for operation in operations]) == [
        f"routes.json: new operation GET {template} at a.example"
    ]
    table = json.loads((folder / TABLE).read_text("utf-8"))
    jsonschema.validate(table, json.loads((PACKAGED.parent / "routes.schema.json").read_bytes()))
    assert Routes.load(folder / TABLE).operation("GET", "/v9/skills/mine/versions/latest") == (f"GET {template}", True)
