"""The changelog as a document."""

import json

from tests.pages.test_changelog import page
from wirelore.pages.changelog import Changelog


def test_the_document_has_the_same_and_names_the_pages(written: Changelog) -> None:
    document = json.loads(page(written, "changelog.json"))
    (product,) = document["products"]
    assert [step["page"] for step in (*product["steps"], product["whole"])] == [
        "agent-2.0.9-to-2.0.10.json",
        "agent-2.0.10-to-2.1.0.json",
        "agent-2.0.9-to-2.1.0.json",
    ]
    assert product["has"]["models"] == {
        "made-1": [{"version": "2.0.9", "exchanges": 2}, {"version": "2.0.10", "exchanges": 2}],
        "made-2": [{"version": "2.1.0", "exchanges": 2}],
    }
    assert document["beta_flags"] == "beta-flags.json"
    assert document["unrecorded"] == [
        {"client": "agent", "version": "2.0.9", "scenario": "pdf", "status": "not-supported", "reason": "no | option"}
    ]
    step = json.loads(page(written, "agent-2.0.9-to-2.0.10.json"))
    assert [difference["rule"] for difference in step["differences"]] == ["beta-flag-added"]
