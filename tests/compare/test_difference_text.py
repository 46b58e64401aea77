"""Differences as text for a terminal."""

from dataclasses import replace

from tests.differences import BEFORE, GONE, NEW, changes, comparison
from tests.project import ROOT
from wirelore.compare import difference_text
from wirelore.compare.presentation import Changes, ranked

EXPECTED = (ROOT / "tests" / "data" / "differences.txt").read_text("utf-8")


def test_the_text_has_sides_differences_by_severity_accepted_and_ignored_places_and_a_summary() -> None:
    assert difference_text.write(changes()) == EXPECTED


def test_equal_sides_have_no_difference() -> None:
    same = replace(comparison(), after=BEFORE, set_aside=())
    last = difference_text.write(Changes(same, ())).splitlines()[-1]
    assert last == "no difference"


def test_similar_differences_are_grouped_unless_they_are_breaking() -> None:
    every = [replace(NEW, place=f"request-headers#/headers/x-{name}", fingerprint=name) for name in "abc"]
    lines = difference_text.write(Changes(comparison(), tuple(ranked(every)))).splitlines()
    place = lines.index("ADDITIVE: 3")
    assert lines[place + 2 : place + 5] == [
        "    request-header-added  header … is new, 3 differences, in 1 of 2 scenarios: plain",
        "      x-a, x-b, x-c",
        "",
    ]


def test_a_long_list_is_cut_with_a_count_and_the_remedy() -> None:
    every = [replace(GONE, place=f"request-headers#/headers/x-{number:02}", fingerprint="") for number in range(23)]
    lines = difference_text.write(Changes(comparison(), tuple(ranked(every)))).splitlines()
    assert "  ... and 3 more; --format markdown or json shows all" in lines
    assert sum("request-header-gone" in line for line in lines) == 20


def test_lines_are_cut_and_control_characters_are_escaped() -> None:
    long = replace(GONE, message="x\x1b[2J\n" + "y" * 300)
    lines = difference_text.write(Changes(comparison(), (long,))).splitlines()
    (messages_of,) = [line for line in lines if "request-header-gone" in line]
    assert messages_of == (f"    request-header-gone {GONE.fingerprint}  x\\x1b[2J\\n" + "y" * 300)[:139] + "…"
