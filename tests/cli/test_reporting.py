"""Commands that write reports: the document, the pages, the ledger."""

import json
from pathlib import Path

import yaml

from tests.command_line import run
from tests.exchanges import exchange
from tests.store.test_writer import written
from wirelore.schema.library import writable_folder


def test_openapi_and_report_are_written_from_a_capture(tmp_path: Path) -> None:
    written(tmp_path / "one", exchange({"model": "m"}, {"type": "message"}))
    result = run("openapi", tmp_path / "one", "-o", tmp_path / "out" / "openapi.yaml")
    assert result.exit_code == 0
    document = yaml.safe_load((tmp_path / "out" / "openapi.yaml").read_text("utf-8"))
    assert document["openapi"].startswith("3.1")
    assert "/v1/messages" in document["paths"]
    result = run("report", tmp_path / "one", "-o", tmp_path / "pages")
    assert result.exit_code == 0
    assert {Path(line).name for line in result.stdout.splitlines()} >= {"README.md", "findings.md", "openapi.yaml"}


def test_claims_fails_on_the_verdicts_of_fail_on(tmp_path: Path) -> None:
    written(tmp_path / "one", exchange(status=400))
    folder = writable_folder(tmp_path / "schemas")
    for path in (folder / "claims").glob("*.json"):
        path.unlink()
    must = {"properties": {"status": {"const": 200}}, "required": ["status"]}
    stated = {"id": "G01", "area": "gateway", "claim": "Nothing ever fails.", "sources": ["S5"], "firmness": "reported"}
    check = {"speaker": "service", "when": True, "must": must}
    claim = {**stated, "contradicts": [], "operations": [], "checks": [check]}
    head = {"format": 1, "area": "gateway", "title": "Our gateway", "sources": {"S5": "Our notes"}, "claims": [claim]}
    (folder / "claims" / "gateway.json").write_text(json.dumps(head))
    chosen = ("--captures", tmp_path, "--schemas", folder)
    assert run("claims", *chosen).output.startswith("1 claim: 1 not observed\n0 exchanges in 0 captures\n")
    assert run("claims", "one", *chosen).output.startswith("1 claim: 1 contradicted\n")
    levels = ("none", "contradicted", "mixed")
    assert [run("claims", "one", *chosen, "--fail-on", level).exit_code for level in levels] == [0, 1, 1]
    assert run("claims", "one", *chosen, "--format", "json", "-o", tmp_path / "claims.json").exit_code == 0
    assert json.loads((tmp_path / "claims.json").read_text("utf-8"))["claims"][0]["verdict"] == "contradicted"
    (folder / "claims" / "gateway.json").write_text("{")
    assert run("claims", *chosen).exit_code == 2
