"""Counts of values and orders, with limits."""

from collections import Counter

from wirelore.evidence.counts import HeaderSeen, HeadSeen
from wirelore.model.exchange import Headers


def test_too_many_values_are_dropped_and_their_forms_kept() -> None:
    few, many = HeaderSeen(), HeaderSeen()
    for number in range(20):
        many.add([str(number)], ["X-Left"])
    few.add(["a"], ["x-left"])
    few.merge(many)
    assert (few.count, few.many, few.values) == (21, True, Counter())
    assert few.forms == Counter({"integer": 20, "token": 1})
    assert few.spellings == Counter({"X-Left": 20, "x-left": 1})


def test_too_many_orders_are_dropped() -> None:
    head = HeadSeen()
    for number in range(65):
        head.add(Headers(((f"x-{number}", "1"),)), ())
    assert (head.many_orders, head.orders, head.count) == (True, Counter(), 65)
