"""Headers compared with the previous message of their session."""

from typing import Any

import pytest

from tests.exchanges import START, exchange
from wirelore.analysis.header_history import HeaderHistory
from wirelore.model.exchange import Headers

HOUR_US = 3_600_000_000


def observed(history: HeaderHistory, *lines: tuple[str, str], kind: str = "k", **more: Any) -> dict[str, Any]:
    agent = more.pop("agent", "made/1.0")
    one = exchange(headers=[("user-agent", agent)], **more)
    return history.observed(one, Headers(lines), kind)


def test_values_are_by_lower_case_name_with_spelling_and_order() -> None:
    assert observed(HeaderHistory(), ("X-B", "1"), ("a", "2"), ("x-b", "3")) == {
        "headers": {"x-b": ["1", "3"], "a": ["2"]},
        "names": ["X-B", "a", "x-b"],
        "order": ["x-b", "a", "x-b"],
    }


@pytest.mark.parametrize(("part", "member"), [("header-case", "names"), ("header-order", "order")])
def test_what_the_source_does_not_preserve_is_left_out(part: str, member: str) -> None:
    document = observed(HeaderHistory(), ("a", "1"), absent=(part,))
    assert {"names", "order"} - document.keys() == {member}


def test_a_later_message_lists_what_changed_and_what_stayed() -> None:
    history = HeaderHistory()
    observed(history, ("a", "1"), ("b", "1"), ("gone", "1"))
    document = observed(history, ("b", "2"), ("a", "1"), ("new", "1"))
    assert (document["changed"], document["kept"]) == (["b"], ["a"])


@pytest.mark.parametrize(
    "more",
    [{"kind": "other"}, {"agent": "made/2.0"}, {"source": "second.har#2"}, {"source": "first.har#1"}],
    ids=["another kind", "another client", "another file", "the first of a file"],
)
def test_another_session_begins_anew(more: dict[str, Any]) -> None:
    history = HeaderHistory()
    observed(history, ("a", "1"), source="first.har#7")
    assert "kept" not in observed(history, ("a", "1"), **{"source": "first.har#8", **more})
    assert observed(history, ("a", "1"), source="first.har#9")["kept"] == ["a"]


@pytest.mark.parametrize(("pause_us", "is_one_session"), [(HOUR_US, True), (HOUR_US + 1, False)])
def test_a_session_ends_after_an_hour_without_requests(pause_us: int, is_one_session: bool) -> None:
    history = HeaderHistory()
    observed(history, ("a", "1"))
    assert ("kept" in observed(history, ("a", "1"), started_us=START + pause_us)) is is_one_session


@pytest.mark.parametrize(("others", "is_remembered"), [(999, True), (1000, False)])
def test_a_thousand_sessions_are_remembered(others: int, is_remembered: bool) -> None:
    history = HeaderHistory()
    observed(history, ("a", "1"))
    for number in range(others):
        observed(history, ("a", "1"), kind=str(number))
    assert ("kept" in observed(history, ("a", "1"))) is is_remembered
