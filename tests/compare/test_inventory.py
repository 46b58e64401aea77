"""The inventory of a version."""

from tests.exchanges import exchange
from tests.versions import BODY
from wirelore.analysis.one_pass import collect
from wirelore.compare.inventory import NAME_KINDS, Inventory

HEADERS = [("user-agent", "agent/1.0"), ("Anthropic-Beta", "a-1, b-2")]


def test_each_shelf_counts_the_exchanges_that_show_a_name() -> None:
    inventory = Inventory()
    streamed = exchange(
        {**BODY, "tools": [{"name": "Read"}, {"name": "Read"}, {}]}, events=[("ping", {}), ("ping", {})]
    )
    collect("made", [exchange(BODY, headers=HEADERS), streamed], [inventory])
    assert {shelf.id: dict(inventory.names[shelf.id]) for shelf in NAME_KINDS} == {
        "operations": {"POST /v1/messages": 2},
        "hosts": {"api.anthropic.com": 2},
        "request-headers": {"anthropic-beta": 1, "content-type": 1, "user-agent": 1},
        "beta-flags": {"a-1": 1, "b-2": 1},
        "models": {"made-1": 2},
        "tools": {"Read": 2},
        "events": {"POST /v1/messages ping": 1},
    }
    assert inventory.clients == {"agent/1.0": 1}


def test_a_body_of_another_shape_has_no_names() -> None:
    inventory = Inventory()
    sent = [exchange([1]), exchange({"model": {"a": 1}, "tools": "x"}), exchange({"tools": [1, None]})]
    collect("made", sent, [inventory])
    assert (inventory.names["models"], inventory.names["tools"]) == ({}, {})


def test_counts_of_captures_add_up() -> None:
    one, both = Inventory(), Inventory()
    collect("made", [exchange(BODY)], [one])
    both.merge(one)
    both.merge(one)
    assert (both.names["models"], both.exchanges) == ({"made-1": 2}, 2)
