"""Co-occurrences of flags and places: relations, their chance, and the limits of what is reported."""

import pytest

from wirelore.flags.co_occurrence import ALWAYS, EXACTLY, INSTEAD, ONLY, Masks, co_occurrences, simplest
from wirelore.flags.request_paths import BODY, HEADER, Place
from wirelore.flags.tally import Group, Row

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
