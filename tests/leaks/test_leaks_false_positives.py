"""The report of replacements: by rule, with the adjacent text, and never the value."""

import json
from pathlib import Path

from tests.leaks.false_positives import lines, replacements_below


def test_every_replacement_is_listed_by_its_rule_without_the_value(tmp_path: Path) -> None:
    entry = {
        "request": {"method": "GET", "url": "https://api.test/", "headers": [{"name": "X-Api-Key", "value": "fake-1"}]},
        "response": {"status": 200, "content": {"text": '{"text": "write to somebody.fake@example.org"}'}},
    }
    (tmp_path / "some.har").write_text(json.dumps({"log": {"entries": [entry, entry]}}))
    replacements, strings = replacements_below(tmp_path)
    assert {(replacement.rule, replacement.name): count for replacement, count in replacements.items()} == {
        ("api-key-header", "x-api-key"): 2,
        ("email", ""): 2,
    }
    assert strings > 20
    text = "\n".join(lines(replacements, strings))
    assert "write to [somebo*25*le.org]" in text
    assert "somebody.fake@example.org" not in text
