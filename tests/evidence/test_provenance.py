"""The provenance of components and their members."""

import pytest

from tests.exchanges import START
from wirelore.evidence.counts import Seen
from wirelore.evidence.object_counts import Tally
from wirelore.evidence.provenance import evidenced, provenance


@pytest.mark.parametrize(
    ("seen", "claimed", "word"),
    [(True, True, "both"), (True, False, "observed"), (False, True, "claimed"), (False, False, "learned")],
)
def test_provenance_is_a_word(seen: bool, claimed: bool, word: str) -> None:
    assert provenance(seen=seen, claimed=claimed) == word


def test_a_member_states_its_provenance_only_if_it_differs_and_its_count_if_it_was_seen() -> None:
    tally = Tally(Seen(3, START, START, {"made/1.0"}))
    tally.members["a"], tally.members["b"] = 3, 1
    schema = {"properties": {"a": {}, "b": {"x-claims": ["Z1"]}, "c": {}}}
    assert evidenced(schema, tally) == {
        "x-provenance": "observed",
        "x-observed": {
            "count": 3,
            "first": "2026-01-01T00:00:00Z",
            "last": "2026-01-01T00:00:00Z",
            "clients": ["made/1.0"],
            "origins": {},
        },
        "properties": {
            "a": {"x-observed": {"count": 3, "of": 3}},
            "b": {"x-claims": ["Z1"], "x-provenance": "both", "x-observed": {"count": 1, "of": 3}},
            "c": {"x-provenance": "learned"},
        },
    }
    assert schema == {"properties": {"a": {}, "b": {"x-claims": ["Z1"]}, "c": {}}}


def test_a_component_that_was_not_seen_has_no_count() -> None:
    assert evidenced({"x-claims": ["Z1"]}, Tally()) == {"x-claims": ["Z1"], "x-provenance": "claimed"}
