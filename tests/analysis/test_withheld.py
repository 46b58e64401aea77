"""Every analyzer skips an exchange whose source lacks a part that it needs.

Every analyzer observes something in SESSION, or in the exchanges that its own test module lists as OBSERVED.
"""

from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.exchanges import blank, exchange
from tests.store.test_writer import written
from tests.weighing import check as claim_check
from tests.weighing import claim, weighed
from wirelore.analysis.check import check
from wirelore.analysis.contract import Analyzer, observations
from wirelore.analysis.explain import explain
from wirelore.analysis.learn import learn
from wirelore.analysis.one_pass import collect
from wirelore.analysis.places import NoPlace
from wirelore.analysis.registry import registry
from wirelore.compare.change_tables import tables
from wirelore.compare.features import Features, features_of
from wirelore.evidence.collector import gather
from wirelore.flags.tally import FlagTally
from wirelore.model.exchange import Exchange
from wirelore.model.exchange_parts import PARTS
from wirelore.schema.library import Library

ANALYZERS = list(registry().values())
NEEDS = [(one, part) for one in ANALYZERS for part in sorted(one.needs)]
HEADERS = [("Content-Type", "application/json"), ("Anthropic-Beta", "flag-2026-01-01"), ("user-agent", "tests/1.0")]
ANSWER_HEADERS = [
    ("Content-Type", "application/json"),
    ("anthropic-ratelimit-tokens-limit", "4000"),
    ("retry-after", "1"),
]
SECOND_US = 1_000_000


def sent(number: int = 0, answer: Any = None, **more: Any) -> Exchange:
    """Return the exchange with this number of a session: equal requests, two seconds apart."""
    one = exchange({"model": "m"}, answer, headers=HEADERS, **{"answer_headers": ANSWER_HEADERS, **more})
    return replace(
        one,
        id=f"messages/20260101_000000_{number:06}_post-v1-messages",
        sequence=number + 1,
        started_us=one.started_us + number * 2 * SECOND_US,
    )


BUSY = {"type": "error", "error": {"type": "overloaded_error", "message": "Busy"}}
SESSION = [
    sent(0, {"type": "message"}),
    sent(1, BUSY, status=529),
    sent(2, BUSY, status=529),
    sent(3, events=[("message_start", {"type": "message_start"}), ("message_stop", {"type": "message_stop"})]),
]
"""Exchanges with observations of most analyzers."""


TEST_MODULES = {
    analyzer.id: import_module(f"tests.analyzers.test_{analyzer.id.replace('-', '_')}") for analyzer in ANALYZERS
}
"""Imported here, because hypothesis refuses to define a property while it runs another one."""


def session_of(analyzer: Analyzer) -> list[Exchange]:
    """Return the session with the exchanges that the analyzer's own test module adds."""
    return [*SESSION, *getattr(TEST_MODULES[analyzer.id], "OBSERVED", [])]


def lacking(session: list[Exchange], *absent: str) -> list[Exchange]:
    """Return the session as from a source that lacks these parts."""
    return [replace(one, absent=tuple(sorted(absent)), origin="har") for one in session]


def observed(one: Analyzer, session: list[Exchange]) -> list[dict[str, Any]]:
    """Return the observations of an analyzer over a capture."""
    observe = one.start()
    return [observation for each in session for _, observation in observations(observe, each)]


def evidence(one: Analyzer, session: list[Exchange]) -> int:
    """Return the number of exchanges that decide a claim about the analyzer's observations."""
    must = {"properties": {"seen": {"required": [one.id]}}}
    ((weight,),) = weighed([claim("E01", claim_check(must, when={}))], session).weights.values()
    return sum(weight.counts.values())


def compared(one: Analyzer, session: list[Exchange]) -> list[object]:
    """Return the paths of an analyzer's observations that a comparison reads."""
    found = features_of(session, "made", tables())
    listed = [feature.path for feature in found.counts]
    listed += [path for table in (found.measures, found.orders, found.spellings) for path in table]
    return [path for path in listed if path.analyzer == one.id]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Schemas that have learned nothing, so that most observations cause findings."""
    return Library(blank(tmp_path_factory.mktemp("withheld") / "schemas"))


@pytest.mark.parametrize("one", ANALYZERS, ids=lambda one: one.id)
def test_every_analyzer_observes_a_complete_source_and_is_compared_and_weighed(one: Analyzer) -> None:
    session = session_of(one)
    assert observed(one, session) != [], f"list an exchange that {one.id} observes as OBSERVED in its test module"
    assert compared(one, session) != []
    assert evidence(one, session) == len(session)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("one", ANALYZERS, ids=lambda one: one.id)
def test_a_missing_part_withholds_the_exchange_only_if_it_is_needed(library: Library, one: Analyzer, part: str) -> None:
    session = lacking(session_of(one), part)
    if part in one.needs:
        assert_nothing(library, one, session)
    else:
        assert observed(one, session) != []


@example(absent=frozenset(PARTS))
@given(absent=st.frozensets(st.sampled_from(sorted(PARTS)), min_size=1))
def test_missing_parts_withhold_the_exchange_if_one_of_them_is_needed(library: Library, absent: frozenset[str]) -> None:
    for one in ANALYZERS:
        if not one.needs.isdisjoint(absent):
            assert_nothing(library, one, lacking(session_of(one), *absent))


def assert_nothing(library: Library, one: Analyzer, session: list[Exchange]) -> None:
    """Assert that there are no observations, findings, evidence for a claim, or differences."""
    assert [one(each) for each in session] == [[]] * len(session)
    assert observed(one, session) == []
    assert list(check(session, library, [one])) == []
    assert evidence(one, session) == 0
    assert compared(one, session) == []


@pytest.mark.parametrize(("one", "part"), NEEDS, ids=lambda value: value if isinstance(value, str) else value.id)
def test_nothing_is_learned_or_explained_without_a_part_that_is_needed(
    tmp_path: Path, one: Analyzer, part: str
) -> None:
    folder, capture = blank(tmp_path / "schemas"), written(tmp_path / "made", *lacking(session_of(one), part))
    assert learn([capture], folder, only=(one.id,)) == []
    with pytest.raises(NoPlace, match="no observations"):
        explain([capture], Library(folder), f"{one.id}#/operation")


@pytest.mark.parametrize("part", ["request", "request-headers"])
def test_evidence_and_flag_table_skip_flags_of_requests_that_lack_a_part(part: str) -> None:
    for session, count in ((SESSION, len(SESSION)), (lacking(SESSION, part), 0)):
        tally = FlagTally()
        collect("made", session, [tally])
        assert sum(tally.requests.values()) == count
        flags = gather([("made", session)]).flags
        assert {name: seen.count for name, seen in flags.items()} == ({"flag-2026-01-01": count} if count else {})


def test_a_withheld_exchange_in_between_does_not_affect_analyzers_over_a_capture() -> None:
    first, second = sent(0, BUSY, status=529), sent(2, BUSY, status=529)
    between = replace(sent(1, {"type": "message"}), absent=("request-headers", "start"), origin="har")
    for name in ("request-headers", "retries"):
        assert observed(registry()[name], [first, between, second]) == observed(registry()[name], [first, second])
    assert observed(registry()["retries"], [first, between, second])[0]["attempt"] == 2


def test_events_keep_their_numbers_whatever_is_withheld() -> None:
    observe = registry()["event-payloads"].start()
    session = [replace(SESSION[3], absent=("response-body",)), SESSION[3]]
    assert [[item for item, _ in observations(observe, one)] for one in session] == [[], [1, 2]]


@pytest.mark.parametrize("one", ANALYZERS, ids=lambda one: one.id)
def test_every_member_that_a_declaration_names_is_observed(one: Analyzer) -> None:
    members = {name for observation in observed(one, session_of(one)) for name in observation}
    assert one.answer | {name for names in one.optional.values() for name in names} <= members


OWN = ["header-case", "header-order", "times", "request-body", "request-bytes", "response-body", "response-bytes"]
"""Optional parts whose members an analyzer omits; other analyzers put a value in their place."""


@pytest.mark.parametrize("part", [*OWN, "connection", "end"])
@pytest.mark.parametrize("one", ANALYZERS, ids=lambda one: one.id)
def test_members_that_depend_on_a_missing_optional_part_are_omitted(one: Analyzer, part: str) -> None:
    members = {name for observation in observed(one, lacking(session_of(one), part)) for name in observation}
    assert members.isdisjoint(one.optional.get(part, ()))


def test_features_count_exchanges_even_if_all_of_them_are_withheld() -> None:
    found: Features = features_of(lacking(SESSION, *PARTS), "made", tables())
    assert (found.exchanges, dict(found.counts), set(found.untold)) == (len(SESSION), {}, set(PARTS))
