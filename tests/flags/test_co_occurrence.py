"""Co-occurrences of flags and places: relations, their chance, and the limits of what is reported."""

import pytest

from tests.flags.test_flag_report import ONE, SITUATION, Capturing, at, bodies, sent, table_of
from wirelore.flags.co_occurrence import ALWAYS, EXACTLY, INSTEAD, ONLY, Masks, co_occurrences, simplest
from wirelore.flags.request_paths import BODY, HEADER, Place
from wirelore.flags.tally import Group, Row
from wirelore.model.exchange import Exchange

FLAG = "one-2025-01-01"
SPEED = Place(BODY, ("speed",))
GROUP = Group("made", "1.0", "POST /v1/messages")


def row(*places: Place, flag: bool = False) -> Row:
    return Row("plain", frozenset({FLAG} if flag else ()), frozenset(places))


def relations(*rows: Row) -> list[tuple[str, Place, bool]]:
    """Return (relation, place, firm) of the flag's co-occurrences."""
    return [(each.relation, each.place, each.firm) for each in co_occurrences({GROUP: rows}).get(FLAG, ())]


@pytest.mark.parametrize(("without", "expected"), [(2000, [(ALWAYS, SPEED, False)]), (1999, [])])
def test_a_relation_in_one_direction_is_reported_if_its_chance_is_below_one_in_a_thousand(
    without: int, expected: list[tuple[str, Place, bool]]
) -> None:
    rows = [row(SPEED, flag=True), row(SPEED), *[row()] * (without - 1)]
    assert relations(*rows) == expected


@pytest.mark.parametrize(("having", "expected"), [(9, []), (10, [(ONLY, SPEED, True)])])
def test_the_chance_counts_the_requests_with_the_place(having: int, expected: list[tuple[str, Place, bool]]) -> None:
    # Half of the requests have the flag: the chance that all with the place are among them is about 0.5 ** having.
    rows = [*[row(SPEED, flag=True)] * having, *[row(flag=True)] * (1000 - having), *[row()] * 1000]
    assert relations(*rows) == expected


@pytest.mark.parametrize(("with_flag", "without", "firm"), [(5, 5, True), (4, 5, False), (5, 4, False), (1, 1, False)])
def test_five_requests_with_and_without_the_flag_make_a_relation_firm(with_flag: int, without: int, firm: bool) -> None:
    rows = [*[row(SPEED, flag=True)] * with_flag, *[row()] * without]
    assert relations(*rows) == [(EXACTLY, SPEED, firm)]


@pytest.mark.parametrize(("with_flag", "expected"), [(5, [(INSTEAD, SPEED, True)]), (4, [])])
def test_a_place_instead_of_the_flag_is_reported_only_if_firm(
    with_flag: int, expected: list[tuple[str, Place, bool]]
) -> None:
    rows = [*[row(flag=True)] * with_flag, *[row(SPEED)] * 5]
    assert relations(*rows) == expected


def test_the_first_five_co_occurrences_of_a_flag_are_kept() -> None:
    places = [Place(BODY, (name,)) for name in "abcdef"]
    assert relations(*[row(*places, flag=True)] * 5, *[row()] * 5) == [(EXACTLY, place, True) for place in places[:5]]


@pytest.mark.parametrize(
    "rows",
    [[row(SPEED, flag=True), row(SPEED)], [row(SPEED, flag=True)] * 9, [row(SPEED)] * 9, []],
    ids=["the place is everywhere", "the flag is everywhere", "no flag", "no requests"],
)
def test_without_a_contrast_there_is_no_co_occurrence(rows: list[Row]) -> None:
    assert relations(*rows) == []


def test_masks_count_requests_by_flag_and_place() -> None:
    masks = Masks([row(SPEED, flag=True), row(flag=True), row(SPEED), row(), row()])
    assert masks.counted(FLAG, SPEED) == (1, 2, 1, 3)
    assert masks.counted(FLAG, Place(BODY, ("other",))) == (0, 2, 0, 3)
    assert (masks.varies(FLAG), masks.varies("unknown")) == (True, False)


def test_of_nested_places_in_the_same_requests_the_innermost_only_child_is_displayed() -> None:
    outer, middle = Place(BODY, ("m",)), Place(BODY, ("m", "t"))
    first, second, header = Place(BODY, ("m", "t", "a")), Place(BODY, ("m", "t", "b")), Place(HEADER, ("m",))
    everywhere = {outer: 3, middle: 3, first: 3, second: 3, header: 3}
    assert simplest(everywhere, everywhere) == {outer: middle, header: header}
    elsewhere = {outer: 3, middle: 3, first: 1, header: 3}
    assert simplest(elsewhere, elsewhere) == {outer: middle, first: first, header: header}


def company(*captures: Capturing, flag: str = ONE) -> list[tuple[str, str, tuple[int, int, int, int]]]:
    """Return (relation, place, counts) of the co-occurrences of a flag."""
    (seen,) = (each for each in table_of(*captures).flags if each.name == flag)
    return [
        (one.relation, str(one.place), (one.having, one.with_flag, one.lacking, one.without_flag))
        for one in seen.company
    ]


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
