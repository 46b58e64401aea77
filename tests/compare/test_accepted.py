"""The accept file: accepted differences, stale entries and invalid files."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.differences import AFTER, ALONE, GONE, NEW, ORDER, TYPE, comparison
from wirelore.compare.accepted import BadAcceptFile, read, separate_accepted, write_new
from wirelore.compare.presentation import Stale

ALL = (GONE, TYPE, NEW, ORDER, ALONE)


def file(folder: Path, *entries: Any) -> Path:
    """Write an accept file with these entries."""
    path = folder / "accept.json"
    path.write_text(json.dumps(list(entries)), "utf-8")
    return path


@pytest.mark.parametrize(
    ("wanted", "accepted"),
    [
        pytest.param({"fingerprint": "a" * 16}, [GONE], id="fingerprint"),
        pytest.param({"rule": "request-header-gone"}, [GONE], id="rule"),
        pytest.param({"rule": "request-header-*"}, [GONE, NEW, ORDER], id="rules"),
        pytest.param({"rule": "*", "operation": "POST *", "place": "*/headers/*"}, [GONE, NEW], id="globs"),
        pytest.param({"rule": "*", "operation": ""}, [ALONE], id="no operation"),
        pytest.param({"fingerprint": "a" * 16, "rule": "other"}, [], id="all must fit"),
        pytest.param({"rule": "request-header-g?ne"}, [], id="only the star is special"),
    ],
)
def test_an_entry_accepts_differences_that_match_all_of_its_members(
    tmp_path: Path, wanted: dict[str, str], accepted: Any
) -> None:
    changes = separate_accepted(comparison(*ALL), read(file(tmp_path, {**wanted, "reason": "known"})))
    assert [(one.difference, one.entry, one.reason) for one in changes.accepted] == [
        (one, 1, "known") for one in accepted
    ]
    assert list(changes.counted) == [one for one in ALL if one not in accepted]
    assert bool(changes.stale) == (not accepted)


def test_a_printed_place_matches_although_it_has_brackets_and_a_star(tmp_path: Path) -> None:
    tool = replace(GONE, place="request-bodies#/body/tools/[Read]/input_schema/*")
    entry = {"rule": tool.rule, "place": tool.place, "reason": "known"}
    assert [one.difference for one in separate_accepted(comparison(tool), read(file(tmp_path, entry))).accepted] == [
        tool
    ]


def test_the_first_matching_entry_accepts_and_one_without_matches_is_stale(tmp_path: Path) -> None:
    path = file(
        tmp_path,
        {"rule": GONE.rule, "reason": "first"},
        {"fingerprint": GONE.fingerprint, "reason": "second"},
        {"rule": "host-added", "operation": "*", "reason": "never seen"},
    )
    changes = separate_accepted(comparison(GONE), read(path))
    assert [(one.entry, one.reason) for one in changes.accepted] == [(1, "first")]
    assert changes.stale == (Stale(3, "rule host-added, operation *", "matches no difference; remove it"),)


@pytest.mark.parametrize(
    ("until", "holds"),
    [("2026-11-21", True), ("2026-11-20", False), ("2.1.112", True), ("2.1.111", False), ("2.2.0", True), ("", True)],
)
def test_an_entry_applies_until_a_recording_date_or_a_client_version(tmp_path: Path, until: str, holds: bool) -> None:
    changes = separate_accepted(
        comparison(GONE), read(file(tmp_path, {"rule": GONE.rule, "reason": "known", "until": until}))
    )
    assert (len(changes.accepted), len(changes.counted)) == ((1, 0) if holds else (0, 1))
    expired = (Stale(1, f"rule {GONE.rule}", f"expired after {until}; review it"),)
    assert changes.stale == (() if holds else expired)


def test_an_entry_applies_if_the_recordings_have_neither_date_nor_version(tmp_path: Path) -> None:
    untold = replace(comparison(GONE), after=replace(AFTER, clients=(), ended=""))
    for until in ("2000-01-01", "1.0"):
        entry = {"rule": GONE.rule, "reason": "known", "until": until}
        assert len(separate_accepted(untold, read(file(tmp_path, entry))).accepted) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "accept.json: not JSON ("),
        ("{}", "accept.json: not a JSON list; expected a list of entries in [ ]"),
        (
            "[1]",
            "accept.json: entry 1: a JSON int, expected an object with fingerprint, rule, operation, place, reason",
        ),
        (
            '[{"rule": "a", "reason": "b"}, {}]',
            "accept.json: entry 2: no fingerprint and no rule, expected one of them",
        ),
        ('[{"rule": "a"}]', "accept.json: entry 1: reason missing, expected why the difference is acceptable; add it"),
        ('[{"rule": "a", "reason": " "}]', "accept.json: entry 1: reason missing"),
        ('[{"rule": "a", "why": "b"}]', "accept.json: entry 1: unknown member 'why', expected fingerprint, rule"),
        ('[{"rule": 1, "reason": "b"}]', "accept.json: entry 1: rule is 1, expected a string; put it into quotes"),
        (
            '[{"rule": "a", "reason": "b", "until": "soon"}]',
            "accept.json: entry 1: until is 'soon', expected a date like 2026-12-31 or a version like 2.1.400",
        ),
    ],
)
def test_an_invalid_file_is_an_error_with_file_entry_expectation_and_remedy(
    tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "accept.json"
    path.write_text(text, "utf-8")
    with pytest.raises(BadAcceptFile) as refused:
        read(path)
    assert str(refused.value).startswith(f"{tmp_path}/{message}")


def test_a_new_accept_file_has_every_difference_and_is_invalid_without_reasons(tmp_path: Path) -> None:
    path = tmp_path / "new.json"
    write_new(path, [GONE, ALONE])
    with pytest.raises(BadAcceptFile, match="entry 1: reason missing"):
        read(path)
    entries = json.loads(path.read_text("utf-8"))
    assert entries[0] == {
        "fingerprint": "a" * 16,
        "rule": "request-header-gone",
        "operation": "POST /v1/messages",
        "place": "request-headers#/headers/x-app",
        "message": "header x-app is no longer sent",
        "reason": "",
    }
    changes = separate_accepted(
        comparison(*ALL), read(file(tmp_path, *({**one, "reason": "known"} for one in entries)))
    )
    assert [one.difference for one in changes.accepted] == [GONE, ALONE]
    with pytest.raises(BadAcceptFile, match="file exists"):
        write_new(path, [])
