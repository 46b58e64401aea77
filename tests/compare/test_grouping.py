"""The grouping of differences."""

from dataclasses import replace

from tests.differences import ALONE, GONE, NEW, TYPE
from wirelore.compare.grouping import advice, by_rule, names, phrase, scenarios, together

THREE = [replace(NEW, place=f"request-headers#/headers/x-{name}", fingerprint=name) for name in "abc"]


def test_three_of_a_rule_and_operation_are_grouped_at_the_position_of_the_first() -> None:
    elsewhere = replace(NEW, operation="GET /a")
    assert together([*THREE[:2], GONE, THREE[2], elsewhere]) == [THREE, [GONE], [elsewhere]]


def test_two_are_grouped_if_no_value_is_lost() -> None:
    two = [replace(GONE, place=f"request-headers#/headers/x-{name}") for name in "ab"]
    assert together(two) == [two]
    assert together(THREE[:2]) == [[THREE[0]], [THREE[1]]]


def test_the_phrase_of_a_group_has_no_name_and_no_value() -> None:
    assert phrase(NEW.rule) == "header … is new"
    assert advice(NEW.rule) == "your gateway will now receive the header …"
    assert names(THREE) == ["x-a", "x-b", "x-c"]
    assert phrase("tool-less-often") == "tool … is offered less often"


def test_differences_whose_message_needs_the_values_are_not_grouped() -> None:
    three = [replace(TYPE, fingerprint=name) for name in "abc"]
    assert phrase(TYPE.rule) == ""
    assert together(three) == [[one] for one in three]


def test_the_scenarios_of_a_group_are_a_range() -> None:
    assert scenarios([GONE, GONE]) == "in all 2 scenarios"
    assert scenarios([GONE, NEW]) == "in 1 to 2 of 2 scenarios"
    assert scenarios([NEW, replace(NEW, groups=("image",))]) == "in 1 of 2 scenarios"
    assert scenarios([ALONE, replace(ALONE, place="a")]) == ""


def test_in_the_order_of_rules_hosts_and_operations_come_first() -> None:
    called = replace(GONE, rule="operation-added")
    assert by_rule([TYPE, NEW, called, GONE]) == [called, NEW, GONE, TYPE]


def test_names_follow_the_rule_and_are_scenarios_without_a_place() -> None:
    assert names([replace(GONE, rule="request-field-added", place="request-bodies#/body/messages/*/role")]) == [
        "messages[].role"
    ]
    assert names([replace(ALONE, place="", groups=("pdf",))]) == ["pdf"]


def test_an_unknown_rule_has_no_phrase_and_no_advice() -> None:
    assert phrase("made-up") == advice("made-up") == ""
