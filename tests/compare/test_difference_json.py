"""Differences as JSON."""

import json

from tests.differences import changes
from wirelore.compare import difference_json
from wirelore.compare.change import CLIENT, SERVER


def test_the_document_has_every_member_of_every_difference() -> None:
    document = json.loads(difference_json.write(changes()))
    assert sorted(document) == [
        "accepted", "after", "before", "counts", "differences", "format", "noise_known", "problems", "set_aside",
        "stale",
    ]  # fmt: skip
    assert document["before"] == {
        "name": "old",
        "clients": ["claude-cli/2.0.56"],
        "captures": 4,
        "exchanges": 12,
        "groups": ["image", "plain"],
        "repeats": 2,
        "started": "2026-11-20T23:00:00Z",
        "ended": "2026-11-21T01:00:00Z",
        "origins": {"stand-in": 12},
    }
    assert document["counts"]["breaking"] == {CLIENT: 1, SERVER: 1}
    assert [one["fingerprint"][0] for one in document["differences"]] == ["a", "b", "c", "e"]
    assert document["differences"][0] == {
        "rule": "request-header-gone",
        "kind": "breaking",
        "direction": "client-to-server",
        "operation": "POST /v1/messages",
        "place": "request-headers#/headers/x-app",
        "before": {"count": 12, "of": 12, "shown": '"cli"', "places": ["old_plain/messages/1"]},
        "after": {"count": 0, "of": 12, "shown": "", "places": []},
        "message": "header x-app is no longer sent",
        "advice": "your gateway will no longer receive the header x-app, which was always present",
        "groups": ["image", "plain"],
        "of_groups": 2,
        "fingerprint": "a" * 16,
    }
    (accepted,) = document["accepted"]
    assert (accepted["entry"], accepted["reason"]) == (1, "nobody reads the order")
    assert accepted["difference"]["rule"] == "request-header-order"
    assert document["stale"] == [{"entry": 2, "wanted": "rule host-added", "why": "matches no difference; remove it"}]
    assert [one["count"] for one in document["set_aside"]] == [2]
    assert document["problems"] == ["new/capture.json: cut"]
