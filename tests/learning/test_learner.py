"""Learning in a folder of schemas: branches, sorted changes, the same bytes in any order."""

import itertools
import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from wirelore.learning.learner import EVERYONE, Change, Learner
from wirelore.schema.library import PACKAGED, BadSchema, Library
from wirelore.schema.limits import SEEN_LIMIT

BODIES: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://wirelore.example/schemas/bodies.json",
    "x-learn": {
        "dispatch": ["operation", "status"],
        "template": {"properties": {"unreadable": {"const": None, "x-fixed": True}}},
    },
    "type": "object",
    "properties": {"operation": {"enum": [], "x-rule": {"enum": "no-schema"}}},
    "required": ["operation", "status"],
    "allOf": [],
}
FLAGS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://wirelore.example/schemas/flags.json",
    "title": "Flags",
    "type": "object",
    "properties": {"flags": {"type": "array", "items": {"type": "string", "enum": [], "x-list": "closed"}}},
    "required": ["flags"],
    "additionalProperties": False,
}
SAMPLES: list[tuple[str, dict[str, Any]]] = [
    ("bodies", {"operation": "POST /v1/messages", "status": 200, "body": {"type": "message", "n": 1}}),
    ("bodies", {"operation": "POST /v1/messages", "status": 200, "body": {"type": "error"}}),
    ("bodies", {"operation": "POST /v1/messages", "status": 529, "body": None}),
    ("bodies", {"operation": "GET /v1/files/{id}", "status": 204, "body": []}),
    ("bodies", {"operation": "GET /v1/files/id", "status": 204, "body": [1]}),
    ("flags", {"flags": ["b-1", "a-1"]}),
    ("flags", {"flags": ["c-1"]}),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return empty(tmp_path / "schemas")


def empty(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name, document in (("bodies", BODIES), ("flags", FLAGS)):
        (folder / f"{name}.json").write_text(json.dumps(document), "utf-8")
    return folder


def teach(folder: Path, samples: list[tuple[str, dict[str, Any]]], client: str = "") -> list[Change]:
    learner = Learner(folder)
    for analyzer, observation in samples:
        learner.add(analyzer, observation, client)
    return learner.write()


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_observation_passes_after_it_was_learned(folder: Path) -> None:
    teach(folder, SAMPLES)
    library = Library(folder)
    assert [sample for name, sample in SAMPLES if not library.judge(name).holds(sample)] == []
    assert sorted(files(folder)) == [
        "bodies.json",
        "bodies/get-v1-files-id.204.json",
        "bodies/post-v1-messages.200.json",
        "bodies/post-v1-messages.529.json",
        "flags.json",
    ]


def test_any_order_and_any_split_writes_the_same_bytes(tmp_path: Path, folder: Path) -> None:
    teach(folder, SAMPLES)
    for number, order in enumerate(itertools.islice(itertools.permutations(SAMPLES), 0, None, 251)):
        other = empty(tmp_path / str(number))
        cut = number % len(SAMPLES)
        teach(other, list(order[:cut]))
        teach(other, list(order[cut:]))
        assert files(other) == files(folder)


def test_learning_the_same_again_writes_nothing_and_reports_nothing(folder: Path) -> None:
    teach(folder, SAMPLES)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*.json")}
    assert teach(folder, SAMPLES) == []
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*.json")} == before


def test_changes_are_sorted_and_nothing_is_written_before_write(folder: Path) -> None:
    teach(folder, SAMPLES[:1] + SAMPLES[5:6])
    before = files(folder)
    learner = Learner(folder)
    for name, sample in SAMPLES:
        learner.add(name, sample)
    learner.add(
        "bodies", {"operation": "POST /v1/messages", "status": 200, "body": {"type": "message", "n": 1.5, "x/y": 0}}
    )
    learner.add("bodies", {"operation": "POST /v1/messages", "status": 200})
    assert [(change.file, change.pointer, change.what, change.detail) for change in learner.changes()] == [
        ("bodies.json", "/operation", "new value", "GET /v1/files/id"),
        ("bodies.json", "/operation", "new value", "GET /v1/files/{id}"),
        ("bodies.json", "/status", "new value", "204"),
        ("bodies.json", "/status", "new value", "529"),
        ("bodies/get-v1-files-id.204.json", "", "new branch", ""),
        ("bodies/post-v1-messages.200.json", "/body", "no longer required", ""),
        ("bodies/post-v1-messages.200.json", "/body{error}", "new variant", "error"),
        ("bodies/post-v1-messages.200.json", "/body{message}/n", "type widened", "number"),
        ("bodies/post-v1-messages.200.json", "/body{message}/x~1y", "new field", "integer"),
        ("bodies/post-v1-messages.529.json", "", "new branch", ""),
        ("flags.json", "/flags/*", "new value", "c-1"),
    ]
    assert files(folder) == before


def test_a_branch_starts_from_the_template_and_names_its_place(folder: Path) -> None:
    teach(folder, SAMPLES[2:3], EVERYONE)
    branch = json.loads((folder / "bodies/post-v1-messages.529.json").read_text("utf-8"))
    assert branch == {
        "$id": "https://wirelore.example/schemas/bodies/post-v1-messages.529.json",
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "additionalProperties": False,
        "properties": {
            "body": {"type": "null"},
            "operation": {"type": "string"},
            "status": {"type": "integer"},
            "unreadable": {"const": None, "x-fixed": True},
        },
        "required": ["body", "operation", "status"],
        "type": "object",
    }


def test_an_analyzer_without_learning_learns_nothing(folder: Path) -> None:
    (folder / "flags.json").write_text(json.dumps({**FLAGS, "x-learn": False}), "utf-8")
    assert teach(folder, SAMPLES[5:]) == []


def test_hints_make_members_opaque(folder: Path) -> None:
    hints = {"format": 1, "opaque": [{"place": "*.input", "source": "recording"}], "open": ["message.id"]}
    (folder / "hints.json").write_text(json.dumps(hints), "utf-8")
    teach(
        folder, [("bodies", {"operation": "A", "status": 1, "body": {"type": "message", "id": "a", "input": {"k": 1}}})]
    )
    body = json.loads((folder / "bodies/a.1.json").read_text("utf-8"))["properties"]["body"]
    members = body["allOf"][0]["then"]["properties"]
    assert members["input"] == {"type": "object", "x-opaque": True}
    assert members["id"] == {"type": "string", "x-open": True}


def test_a_schema_that_cannot_be_widened_is_an_error(folder: Path) -> None:
    (folder / "flags.json").write_text(json.dumps({**FLAGS, "anyOf": []}), "utf-8")
    with pytest.raises(BadSchema, match=r"flags\.json: #: the keyword 'anyOf' cannot be widened"):
        Learner(folder).add("flags", {})
    with pytest.raises(BadSchema, match=r"none\.json: missing"):
        Learner(folder).add("none", {})


def test_each_packaged_hint_has_a_source() -> None:
    hints = json.loads((PACKAGED / "hints.json").read_text("utf-8"))
    assert [
        entry for kind in ("opaque", "open") for entry in hints[kind] if entry.keys() != {"place", "source", "why"}
    ] == []
    assert {entry["source"] for kind in ("opaque", "open") for entry in hints[kind]} == {"recording"}


def test_an_observation_without_dispatching_members_belongs_to_no_branch(folder: Path) -> None:
    assert teach(folder, [("bodies", {"operation": "POST /v1/messages", "problem": "cut"})]) == []


def crowd(count: int) -> list[tuple[str, dict[str, Any]]]:
    return [("bodies", {"operation": "A", "status": 1, "body": {"type": "message", "n": n}}) for n in range(count)]


def branch(folder: Path) -> dict[str, Any]:
    result: dict[str, Any] = json.loads((folder / "bodies/a.1.json").read_text("utf-8"))
    return result


def test_any_order_and_any_split_of_more_than_enough_observations_writes_the_same_bytes(tmp_path: Path) -> None:
    samples = [*crowd(SEEN_LIMIT + 2), *SAMPLES]
    first = empty(tmp_path / "first")
    teach(first, samples)
    for cut in range(0, len(samples), 3):
        other = empty(tmp_path / str(cut))
        teach(other, samples[:cut:-1])
        teach(other, samples[: cut + 1])
        assert files(other) == files(first)


def test_more_samples_are_one_line_for_a_file_without_hashes(folder: Path) -> None:
    teach(folder, crowd(1))
    assert teach(folder, crowd(SEEN_LIMIT - 1)) == [Change("bodies/a.1.json", "", "more samples")]
    assert len(branch(folder)["x-seen"][""]) == SEEN_LIMIT - 1


def test_enough_samples_are_reported_once(folder: Path) -> None:
    teach(folder, crowd(SEEN_LIMIT - 1), "a")
    assert teach(folder, crowd(SEEN_LIMIT), "a") == [
        Change("bodies/a.1.json", "", "is firm now", "for a"),
        Change("bodies/a.1.json", "/body{message}", "is firm now", "for a"),
    ]
    assert branch(folder)["x-seen"] == {"a": True}
    assert teach(folder, crowd(SEEN_LIMIT + 5), "a") == []


def test_common_members_of_enough_responses_to_two_clients_are_required_for_all(folder: Path) -> None:
    teach(folder, crowd(SEEN_LIMIT), "a")
    assert teach(folder, crowd(1), "") == [Change("bodies/a.1.json", "", "more samples")]
    assert branch(folder)["x-seen"].keys() == {"", "a"}
    assert teach(folder, crowd(1), "b") == [Change("bodies/a.1.json", "", "more samples")]
    assert "x-seen" not in json.dumps(branch(folder))


def test_members_of_everyone_are_required_at_once(folder: Path) -> None:
    teach(folder, crowd(1), EVERYONE)
    assert "x-seen" not in json.dumps(branch(folder))


def test_members_that_clients_send_are_counted_by_client(folder: Path) -> None:
    settings = {**BODIES, "x-learn": {**BODIES["x-learn"], "counted": "by client"}}
    (folder / "bodies.json").write_text(json.dumps(settings), "utf-8")
    teach(folder, crowd(SEEN_LIMIT), "a")
    teach(folder, [("bodies", {"operation": "a", "status": 1})], "b")
    assert set(branch(folder)["x-seen"]) == {"a", "b"}
    assert branch(folder)["x-always"] == {"a": ["body"]}
    assert branch(folder)["required"] == ["operation", "status"]
    observation = {"operation": "a", "status": 1}
    judge = Library(folder).judge("bodies")
    assert [[d.rule for d in judge.departures(observation, client)] for client in ("a", "b", "c")] == [
        ["missing-field"],
        [],
        [],
    ]


def test_merged_learners_equal_a_single_one(tmp_path: Path) -> None:
    samples = [*crowd(SEEN_LIMIT + 2), *SAMPLES]
    first = empty(tmp_path / "first")
    for client in ("a", "b"):
        teach(first, samples, client)
    other = empty(tmp_path / "other")
    parts = []
    for client in ("b", "a"):
        for part in range(3):
            learner = Learner(other)
            for analyzer, observation in samples[part::3]:
                learner.add(analyzer, observation, client)
            parts.append(pickle.loads(pickle.dumps(learner.learned())))
    whole = Learner(other)
    for part_learned in parts:
        whole.merge(part_learned)
    whole.write()
    assert files(other) == files(first)
