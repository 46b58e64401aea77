"""The table of beta flags: counts, versions, co-occurrences and responses, independent of the order of captures."""

import json
import random
import tracemalloc
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.exchanges import exchange
from wirelore.analysis.one_pass import collect, observed
from wirelore.flags import flag_report, request_paths, table, tally
from wirelore.flags.co_occurrence import ALWAYS, EXACTLY, INSTEAD, ONLY, CoOccurrence
from wirelore.flags.flag_report import FlagTable
from wirelore.flags.request_paths import Place, Shut, places
from wirelore.flags.table import Answer, Claimed, Facet, Part, Refused
from wirelore.flags.tally import Group
from wirelore.flags.version_spans import Arrival, Arrivals, Lack, Span
from wirelore.model.exchange import Exchange
from wirelore.redaction.redactor import Redactor
from wirelore.schema.claims import Claim
from wirelore.schema.library import PACKAGED, Library
from wirelore.store.writer import Capture, CaptureWriter

ONE, TWO = "one-2025-01-01", "two-2025-02-02"
MESSAGES = "POST /v1/messages"
SITUATION = {"client": "made", "version": "1.0", "scenario": "plain"}
LIBRARY = Library()
CLAIM = Claim("Z1", "request-headers", "There are flags.", ("S1",), "captured", terms=(ONE, "claimed-2025-03-03"))

Capturing = tuple[Mapping[str, str], list[Exchange]]


def sent(*carried: str, agent: str = "made-cli/1.0 (x)", more: Iterable[tuple[str, str]] = (), **rest: Any) -> Exchange:
    """Return a request with these flags, by default with an empty object as body."""
    beta = [("anthropic-beta", ",".join(carried))] if carried else []
    body = rest.pop("body", {})
    headers = [("content-type", "application/json"), ("user-agent", agent), *beta, *more]
    return exchange(body, headers=headers, **rest)


def bodies(count: int, *carried: str, **members: Any) -> list[Exchange]:
    """Return this number of distinct requests with these flags and members."""
    return [sent(*carried, body={"max_tokens": number, **members}) for number in range(count)]


def table_of(*captures: Capturing, claims: Iterable[Claim] = ()) -> FlagTable:
    """Return the table of captures, which are pairs of labels and exchanges."""
    tally = flag_report.new_tally(LIBRARY)
    for labels, exchanges in captures:
        collect("made", exchanges, [tally], labels)
    return flag_report.build_table(tally, claims, LIBRARY)


def _places(one: Exchange, shut: Shut) -> frozenset[Place] | None:
    """Return the places of a request."""
    (each,) = observed([one], ["request-bodies"])
    return places(each, shut)


def company(*captures: Capturing, flag: str = ONE) -> list[tuple[str, str, tuple[int, int, int, int]]]:
    """Return (relation, place, counts) of the co-occurrences of a flag."""
    (seen,) = (each for each in table_of(*captures).flags if each.name == flag)
    return [
        (one.relation, str(one.place), (one.having, one.with_flag, one.lacking, one.without_flag))
        for one in seen.company
    ]


def at(version: str, scenario: str = "plain") -> dict[str, str]:
    """Return the labels of a capture."""
    return {"client": "made", "version": version, "scenario": scenario}


def test_a_field_that_is_present_exactly_with_the_flag_co_occurs() -> None:
    flag_table = table_of((SITUATION, [*bodies(12, ONE, speed="fast"), *bodies(40)]))
    counts = (12, 12, 0, 40)
    assert flag_table.flags[0].company == (
        CoOccurrence(ONE, "made", MESSAGES, EXACTLY, Place("field", ("speed",), "fast"), *counts, ("1.0",)),
    )
    assert flag_table.flags[0].company[0].firm
    text = "field `speed: fast` present exactly with the flag: 12 of 12 with, 0 of 40 without"
    assert f"- `{ONE}`\n  - {text} (`{MESSAGES}`, `made` 1.0)\n" in flag_report.markdown(flag_table)


def test_few_requests_are_marked_as_so_far() -> None:
    flag_table = table_of((SITUATION, [*bodies(4, ONE, speed="fast"), *bodies(40)]))
    assert not flag_table.flags[0].company[0].firm
    assert "so far present exactly with the flag: 4 of 4 with, 0 of 40 without" in flag_report.markdown(flag_table)


@pytest.mark.parametrize(
    ("exchanges", "expected"),
    [
        ([*bodies(9, ONE), *bodies(9, speed="x")], [(INSTEAD, "speed: x", (0, 9, 9, 9))]),
        ([*bodies(9, ONE, speed="x"), *bodies(9, ONE, a=1), *bodies(30)], [
            (ONLY, "a", (9, 18, 0, 30)), (ONLY, "speed: x", (9, 18, 0, 30)),
        ]),
        ([*bodies(9, ONE, speed="x"), *bodies(9, speed="x", a=1), *bodies(30)], [(ALWAYS, "speed: x", (9, 9, 9, 39))]),
        ([*bodies(9, ONE, speed="x"), *bodies(9, speed="x")], []),
        ([*bodies(1, ONE, speed="x"), *bodies(8, ONE), *bodies(9)], []),
        ([*bodies(3, ONE), *bodies(9, speed="x")], []),
        (bodies(9, ONE, speed="x"), []),
        ([*bodies(9, ONE, m={"t": {"type": "x", "u": 1}}), *bodies(9)], [(EXACTLY, "m.t", (9, 9, 0, 9))]),
        ([*bodies(9, ONE, m={"t": {"v": True}}), *bodies(9)], [(EXACTLY, "m.t.v: true", (9, 9, 0, 9))]),
        ([*bodies(9, ONE, speed="x"), *bodies(9, speed="y")], [
            (EXACTLY, "speed: x", (9, 9, 0, 9)), (INSTEAD, "speed: y", (0, 9, 9, 9)),
        ]),
    ],
    ids=[
        "exactly-when-not", "never-without", "whenever", "constant", "by-chance", "few-and-contrary", "no-contrast",
        "two-members-inside", "one-member-inside", "words",
    ],
)  # fmt: skip
def test_co_occurrences(exchanges: list[Exchange], expected: list[tuple[str, str, tuple[int, ...]]]) -> None:
    assert company((SITUATION, exchanges)) == expected


def test_list_elements_are_distinguished_by_type() -> None:
    mark = {"type": "text", "text": "Hi", "cache_control": {"type": "ephemeral", "ttl": "1h"}}
    messages_with_type = [{"role": "user", "content": [mark]}]
    plain = [{"role": "user", "content": [{"type": "text", "text": "Hi", "cache_control": {"type": "ephemeral"}}]}]
    assert company((SITUATION, [*bodies(9, ONE, messages=messages_with_type), *bodies(9, messages=plain)])) == [
        (EXACTLY, "messages[].content[]<text>.cache_control.ttl: 1h", (9, 9, 0, 9))
    ]


def test_headers_and_query_co_occur_except_computed_headers() -> None:
    more = [("X-Kind", "main"), ("Authorization", "Bearer FAKE"), ("Connection", "close")]
    with_it = [sent(ONE, body={"n": number}, more=more, target="/v1/messages?beta=true") for number in range(9)]
    without = [sent(body={"n": number}) for number in range(9)]
    assert company((SITUATION, with_it + without)) == [
        (EXACTLY, "authorization", (9, 9, 0, 9)), (EXACTLY, "x-kind: main", (9, 9, 0, 9)),
        (EXACTLY, "beta: true", (9, 9, 0, 9)),
    ]  # fmt: skip


def test_a_repeated_request_counts_once_with_the_places_of_all_copies() -> None:
    again = [sent(ONE, body={"n": 1}, more=[("x-try", word)]) for word in ("first", "second")]
    assert company((SITUATION, [*again, sent(body={"n": 2})])) == [(EXACTLY, "x-try", (1, 1, 0, 1))]


def test_a_relation_names_the_versions_in_which_it_does_not_hold() -> None:
    old = [*bodies(6, ONE, speed="x"), *bodies(6)]
    new = [*bodies(6, ONE, speed="x"), *bodies(6), *bodies(6, speed="x", a=1)]
    flag_table = table_of((at("2.0.56"), old), (at("2.1.112"), new))
    (one,) = flag_table.flags[0].company
    assert (one.relation, one.versions, one.not_in) == (EXACTLY, ("2.0.56",), ("2.1.112",))
    assert (one.having, one.with_flag, one.lacking, one.without_flag) == (6, 6, 0, 6)
    both = table_of((at("2.0.56"), old), (at("2.1.112"), new[:12]))
    assert [(each.versions, each.having) for each in both.flags[0].company] == [(("2.0.56", "2.1.112"), 12)]


def test_a_version_in_which_all_requests_have_a_place_is_not_counted() -> None:
    old = [*bodies(9, ONE, speed="x"), *bodies(9, speed="x", a=1), *bodies(30)]
    new = [*bodies(9, ONE, speed="x"), *bodies(9, speed="x")]
    (one,) = table_of((at("1.9"), old), (at("1.10"), new)).flags[0].company
    assert (one.relation, one.versions, one.not_in) == (ALWAYS, ("1.9",), ())
    assert (one.having, one.with_flag, one.lacking, one.without_flag) == (9, 9, 9, 39)


def test_versions_are_sorted_and_shares_show_unrecorded_operations() -> None:
    flag_table = table_of(
        (at("2.1.112"), [sent(ONE), sent()]), (at("2.0.56"), [sent()]), (at("2.1.9"), [sent(ONE)]),
        (at("2.2.0"), [sent(operation="GET /v1/models", body=None)]),
    )  # fmt: skip
    assert flag_table.versions == {"made": ("2.0.56", "2.1.9", "2.1.112", "2.2.0")}
    (use,) = flag_table.uses
    assert dict(use.shares) == {"2.0.56": (0, 1), "2.1.9": (1, 1), "2.1.112": (1, 2)}
    row = f"| `{ONE}` | `{MESSAGES}` | none of 1 | all 1 | 1 of 2 | not recorded |"
    assert (
        f"| flag | operation | 2.0.56 | 2.1.9 | 2.1.112 | 2.2.0 |\n| --- | --- | --- | --- | --- | --- |\n{row}\n"
        in (flag_report.markdown(flag_table))
    )


def test_a_flag_is_new_or_removed_if_the_same_scenario_was_recorded_without_it() -> None:
    flag_table = table_of(
        (at("1.9"), [sent(body={"model": "a"})]), (at("1.10"), [sent(ONE, body={"model": "b"})]),
        (at("1.11"), [sent(body={"model": "b"})]), (at("1.12", "other"), [sent(body={"model": "b"})]),
    )  # fmt: skip
    before, after = Lack(("1.9",), 1, same_models=False), Lack(("1.11",), 1, same_models=True)
    assert flag_table.flags[0].spans == (Span("made", "1.10", "1.10", 1, before, after),)
    page = flag_report.markdown(flag_table)
    assert f"- `{ONE}`: new in `made` 1.10; 1 request of 1.9 without it, none of them for a model that" in page
    assert f"- `{ONE}`: removed in `made` 1.11; 1 request of 1.11 without it, last sent by 1.10\n" in page


def test_without_labels_the_user_agent_names_the_client() -> None:
    flag_table = table_of(({}, [sent(ONE, agent="made-cli/1.10 (x)"), sent(ONE, agent="Other/Kit 2")]))
    spans = [(one.client, one.first) for one in flag_table.flags[0].spans]
    assert spans == [("Other/Kit", ""), ("made-cli", "1.10")]
    labelled = table_of((SITUATION, [sent(ONE, agent="axios/9.9")]))
    assert [(one.client, one.first) for one in labelled.flags[0].spans] == [("made", "1.0")]
    assert labelled.flags[0].agents == ("axios",)


def test_new_places_in_the_version_that_introduces_a_flag_are_listed() -> None:
    old = bodies(6, model="a")
    new = [*bodies(6, ONE, model="a", speed="x", effort="low", all=1), *bodies(6, model="a", other=1, all=1)]
    elsewhere = bodies(6, ONE, only_here=1)
    flag_table = table_of((at("1.9"), old), (at("1.10"), new), (at("1.10", "other"), elsewhere))
    arrived = tuple(
        Arrival(Place("field", (name,), word), 6, 6, 0, 6) for name, word in (("effort", "low"), ("speed", "x"))
    )
    assert flag_table.arrivals == (Arrivals(ONE, "made", "1.10", ("1.9",), MESSAGES, arrived, 0),)
    assert f"- `{ONE}`: new in `made` 1.10, `{MESSAGES}`\n  - field `effort: low`: 6 of 6 with, 0 of 6 without\n" in (
        flag_report.markdown(flag_table)
    )


def test_a_flag_that_an_earlier_version_sent_is_not_new_even_if_that_request_cannot_be_compared() -> None:
    lost = sent(ONE, absent=("request-body",))
    flag_table = table_of(
        (at("1.9"), [*bodies(6), lost]), (at("1.10"), [*bodies(6, ONE, speed="x"), *bodies(6, other=1)])
    )
    assert flag_table.arrivals == ()


def test_models_authentication_operations_and_scenarios_are_shares_of_recorded_requests() -> None:
    key, bearer = ("x-api-key", "FAKE"), ("authorization", "Bearer FAKE")
    flag_table = table_of(
        (SITUATION, [sent(ONE, body={"model": "a"}, more=[key]), sent(body={"model": "a"}, more=[bearer])]),
        (at("1.0", "other"), [sent(ONE, body={"model": "b"}, more=[key])]),
        (at("0.9"), [sent(body={"model": "a"}, more=[key])]),
    )
    (flag,) = flag_table.flags
    assert flag.models == (Facet("a", 1, 2), Facet("b", 1, 1))
    assert flag.authentication == (Facet("api-key", 2, 2), Facet("bearer", 0, 1))
    assert flag.operations == (Facet(MESSAGES, 2, 3),)
    assert flag.scenarios == (Facet("other", 1, 1), Facet("plain", 1, 2))
    row = f"| `{ONE}` | `b` all 1; `a` 1 of 2 | `api-key` all 2; none with `bearer` | `other` all 1; `plain` 1 of 2 |"
    assert row in flag_report.markdown(flag_table)


def test_responses_are_listed_by_answerer() -> None:
    flag_table = table_of((SITUATION, [
        sent(ONE), sent(ONE, origin="stand-in"), sent(ONE, origin="vcr", status=529), sent(ONE, status=None),
        sent(ONE, origin="har", status=200, absent=("status",)),
    ]))  # fmt: skip
    assert flag_table.flags[0].answers == (
        Answer("real service", None, 1), Answer("real service", 200, 1), Answer("imported", 529, 1),
        Answer("stand-in", 200, 1),
    )  # fmt: skip
    page = flag_report.markdown(flag_table)
    assert f"| `{ONE}` | real service | no response (1), 200 (1) |" in page
    assert "Responses of a stand-in show nothing about the service" in page
    assert "Responses of a stand-in" not in flag_report.markdown(table_of((SITUATION, [sent(ONE)])))


def test_a_rejection_is_listed_with_the_flags_in_its_message() -> None:
    def refused(message: str, *carried: str, **rest: Any) -> Exchange:
        return sent(*carried, answer={"error": {"type": "t", "message": message}}, status=400, **rest)

    names = f"Unexpected value `{TWO}` for claude-model-20250101"
    flag_table = table_of(
        (SITUATION, [refused(names, ONE, TWO, id="errors/2"), refused(names, TWO, ONE, id="errors/1")]),
        (SITUATION, [refused("max_tokens: no", ONE, origin="stand-in", id="errors/3"), refused("nothing")]),
    )
    assert flag_table.refused == (
        Refused("real service", MESSAGES, names, (TWO,), (ONE, TWO), 2, "made/errors/1"),
        Refused("stand-in", MESSAGES, "max_tokens: no", (), (ONE,), 1, "made/errors/3"),
    )
    assert (
        f"| 2 | real service | `{TWO}` | `{ONE}`, `{TWO}` | `{MESSAGES}` | `made/errors/1` |"
        in flag_report.markdown(flag_table)
    )


def test_flags_that_are_only_in_claims_or_schemas_are_listed() -> None:
    flag_table = table_of((SITUATION, [sent(ONE)]), claims=[CLAIM])
    assert flag_table.flags[0].claims == ("Z1",)
    assert flag_table.claimed == (Claimed("claimed-2025-03-03", ("Z1",), ("S1",)),)
    assert "oauth-2025-04-20" in flag_table.unseen
    assert "| `claimed-2025-03-03` | Z1 | S1 |" in flag_report.markdown(flag_table)


def test_a_header_of_20_000_characters_with_800_flags_is_read_completely() -> None:
    names = [f"flag-{number:03}-{'x' * 13}-2025-01-01" for number in range(800)]
    assert len(",".join(names)) > 20_000
    flag_table = table_of((SITUATION, [sent(*names, body={"n": 1, "speed": "x"}), sent(body={"n": 2})]))
    assert [flag.name for flag in flag_table.flags] == names
    assert {len(flag.company) for flag in flag_table.flags} == {1}


def test_requests_without_headers_are_not_counted_and_lost_bodies_are_reported() -> None:
    flag_table = table_of((SITUATION, [
        sent(ONE, absent=("request-headers",)), sent(absent=("request",)), sent(ONE, absent=("request-body",)),
    ]))  # fmt: skip
    assert (flag_table.requests, flag_table.carrying, flag_table.flags[0].requests) == (1, 1, 1)
    assert flag_table.unwalked == (Part(Group("made", "1.0", MESSAGES), 1),)
    assert "- 1 request `POST /v1/messages` of made 1.0: skipped because the body was lost or is too large." in (
        flag_report.markdown(flag_table)
    )


def test_texts_of_applications_credentials_and_numbers_are_not_values() -> None:
    body = {
        "system": "secret", "max_tokens": 1, "tools": [{"name": "look", "input_schema": {"type": "object"}}],
        "messages": [{"role": "user", "content": "hello"}],
        "metadata": {"user_id": "0b1c2d3e-0000-4000-8000-000000000000"},
    }  # fmt: skip
    arrived = _places(sent(body=body, more=[("x-api-key", "made-up")]), Shut.of(PACKAGED))
    assert arrived is not None
    assert sorted(map(str, arrived)) == [
        "content-type", "max_tokens", "messages", "messages[]", "messages[].content", "messages[].role",
        "messages[].role: user", "metadata", "metadata.user_id", "system", "tools", "tools[]", "tools[].input_schema",
        "tools[].name", "user-agent", "x-api-key",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [{"a": [{"b": 1}] * 5}, {f"a{number}": 1 for number in range(7)}],
    ids=["objects", "places"],
)
def test_a_body_too_large_to_be_walked_has_no_places(body: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _places(sent(body=body), Shut()) is not None
    monkeypatch.setattr(request_paths, "_OBJECTS", 6)
    monkeypatch.setattr(request_paths, "_PLACES", 8)
    assert _places(sent(body=body), Shut()) is None


def test_a_deep_body_is_walked_four_members_deep() -> None:
    arrived = _places(sent(body={"a": {"b": {"c": {"d": {"e": 1}}}}}, more=()), Shut()) or ()
    assert [str(place) for place in sorted(arrived) if place.side == "field"] == ["a", "a.b", "a.b.c", "a.b.c.d"]


def _shuffled(captures: list[Capturing], seed: int) -> list[Capturing]:
    order = random.Random(seed)
    return [
        (labels, order.sample(exchanges, len(exchanges))) for labels, exchanges in order.sample(captures, len(captures))
    ]


def test_the_order_of_requests_does_not_change_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally, "SAMPLE", 10)
    monkeypatch.setattr(table, "SAMPLE", 10)
    monkeypatch.setattr(tally, "REFUSALS", 3)
    refused = [
        sent(
            ONE,
            body={"n": number % 3},
            more=[("x-try", f"try-{number}")],
            status=400,
            answer={"error": {"message": f"no {number % 5}"}},
            id=f"e/{number}",
        )
        for number in range(20)
    ]
    captures: list[Capturing] = [
        (at("1.9"), [*bodies(40), *refused]), (at("1.10"), [*bodies(15, ONE, speed="x"), *bodies(15, other=1)]),
        (at("1.11"), bodies(5)),
    ]  # fmt: skip
    flag_table = table_of(*captures)
    assert all(table_of(*_shuffled(captures, seed)) == flag_table for seed in range(8))
    assert [one.requests for one in flag_table.sampled] == [30, 60]
    assert [one.count for one in flag_table.refused] == [4, 4, 4]
    assert not flag_table.refused_all


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally, "SAMPLE", 10)
    begun = flag_report.new_tally(LIBRARY)

    def held_after(numbers: range) -> int:
        for number in numbers:
            body = {f"member{number}_{place}": 1 for place in range(20)}
            collect("made", [sent(ONE, body=body)], [begun])
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        grown = -held_after(range(50)) + held_after(range(50, 200))
    finally:
        tracemalloc.stop()
    assert sum(map(len, begun.rows.values())) < 20
    assert grown < 100_000


def test_a_table_is_built_from_captures_on_disk_with_labels(tmp_path: Path) -> None:
    writer = CaptureWriter(tmp_path / "made", Redactor(b"k" * 32), options={"labels": at("3.1")})
    for one in (sent(ONE, body={"n": 1}), sent()):
        writer.write(one, request_body=[(0, one.request.body.read())], encoded=False)
    writer.close()
    flag_table = flag_report.table([Capture(tmp_path / "made")], [CLAIM], LIBRARY)
    assert (flag_table.captures, flag_table.requests, flag_table.carrying, flag_table.problems) == (1, 2, 1, ())
    assert [(one.client, one.first, one.last) for one in flag_table.flags[0].spans] == [("made", "3.1", "3.1")]
    assert flag_table.flags[0].scenarios == (Facet("plain", 1, 2),)


def test_an_unreadable_part_is_a_problem(tmp_path: Path) -> None:
    writer = CaptureWriter(tmp_path / "made", Redactor(b"k" * 32))
    name = writer.write(sent(ONE), encoded=False)
    writer.close()
    (tmp_path / "made" / name / "exchange.json").unlink()
    flag_table = flag_report.table([Capture(tmp_path / "made")], [], LIBRARY)
    (problem,) = flag_table.problems
    assert "exchange.json: missing" in problem
    assert "\n## Unreadable\n\n- " in flag_report.markdown(flag_table)


def test_the_json_is_plain_and_has_the_table_by_name() -> None:
    flag_table = flag_report.json(table_of((SITUATION, [*bodies(9, ONE, speed="x"), *bodies(9)]), claims=[CLAIM]))
    assert json.loads(json.dumps(flag_table)) == flag_table
    assert flag_table["flags"][0]["company"][0]["place"] == {"side": "field", "path": "speed", "word": "x"}
    assert flag_table["uses"] == [{"client": "made", "flag": ONE, "operation": MESSAGES, "shares": {"1.0": [9, 18]}}]
    assert flag_table["flags"][0]["answers"] == [{"kind": "real service", "status": 200, "requests": 9}]


def test_no_capture_gives_a_page_that_says_so() -> None:
    page = flag_report.markdown(table_of())
    assert page.startswith(
        "# Beta flags\n\n0 flags in 0 of 0 requests with recorded headers, in 0 captures.\n\n## Observed flags\n"
    )
    assert page.count("No request had a flag.") == 4
