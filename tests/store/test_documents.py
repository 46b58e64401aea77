"""Validation of a capture's documents."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from tests.exchanges import exchange
from tests.store.test_writer import written
from wirelore.store import documents


@pytest.fixture(scope="module")
def valid(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The exchange.json of an exchange with bodies on both sides."""
    capture = written(tmp_path_factory.mktemp("made") / "one", exchange({"a": 1}, {"b": 2}))
    name = next(capture.index())["id"]
    document: dict[str, Any] = json.loads((capture.folder / name / "exchange.json").read_bytes())
    return document


def test_an_exchange_written_by_the_store_is_valid(valid: dict[str, Any]) -> None:
    documents.check_exchange(valid, valid["id"])


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("id", "messages/20260101_000000_000002_post-v1-messages"),
        ("category", "errors"),
        ("sequence", -1),
        ("started_us", 253_402_300_800_000_000),
        ("started_us", "now"),
        ("started", 1),
        ("tags", [1]),
        ("facts", []),
        ("redactions", {"a": -1}),
        ("connection", {"alpn": 1}),
        ("response", []),
        ("end.us", 1 << 63),
        ("request.port", "443"),
        ("request.host", "\ud800"),
        ("response.reason", "\udcff"),
        ("end.message", "\ud800"),
        ("tags", ["\ud800"]),
        ("request.headers", [["a"]]),
        ("request.headers", [["a", "\u20ac"]]),
        ("response.trailers", [["a", "b", "c"]]),
        ("response.status", None),
        ("response.body.size", -1),
        ("response.body.chunks", [[0, 1]]),
        ("response.body.chunks", [[-1, 1, 0]]),
        ("response.body.chunks", [[0, 8, 0]]),
    ],
    ids=str,
)
def test_an_invalid_exchange_is_refused(valid: dict[str, Any], place: str, value: object) -> None:
    changed = copy.deepcopy(valid)
    *path, member = place.split(".")
    parent = changed
    for step in path:
        parent = parent[step]
    parent[member] = value
    with pytest.raises(ValueError, match=r"\S"):
        documents.check_exchange(changed, valid["id"])


@pytest.mark.parametrize("line", [None, [], {}, {"id": 1, "sequence": 1}, {"id": "a/b", "sequence": 1.5}], ids=repr)
def test_an_index_line_has_an_id_and_a_sequence(line: object) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        documents.check_line(line)
    documents.check_line({"id": "a/b", "sequence": 1, "more": None})


@pytest.mark.parametrize(
    ("member", "value"),
    [("completeness", {"recorded": 1}), ("completeness", []), ("clients", [1]), ("ends", {"complete": "many"})],
    ids=str,
)
def test_a_manifest_has_its_members(tmp_path: Path, member: str, value: object) -> None:
    manifest = written(tmp_path / "one", exchange()).manifest
    documents.check_manifest(manifest)
    with pytest.raises(ValueError, match=r"\S"):
        documents.check_manifest({**manifest, member: value})
