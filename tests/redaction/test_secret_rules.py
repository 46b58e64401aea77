"""The redaction rules: each is tested on its own examples."""

import json
import re
from typing import Any

import pytest

from tests.secret_shapes import KEY, redacted
from wirelore.redaction.redactor import Redactor
from wirelore.redaction.secret_rules import PACKAGED

DOCUMENT = json.loads(PACKAGED.read_text())


def by_place(rule: dict[str, Any], text: str) -> str:
    if rule["where"] == "header":
        name, _, value = text.partition(": ")
        return f"{name}: {Redactor(KEY).exchange().headers([(name, value)])[0][1]}"
    return redacted(text).decode()


def proofs(member: str) -> list[Any]:
    return [
        pytest.param(rule, text, id=f"{rule['id']}-{number}")
        for rule in DOCUMENT["rules"]
        for number, text in enumerate(rule[member])
    ]


@pytest.mark.parametrize(("rule", "text"), proofs("catches"))
def test_a_rule_replaces_exactly_its_catches(rule: dict[str, Any], text: str) -> None:
    parts = re.split(r"<<(.*?)>>", text)
    result = by_place(rule, "".join(parts))
    place = 0
    for number, part in enumerate(parts):
        actual = result[place : place + len(part)]
        if number % 2:
            assert all(a != b for a, b in zip(actual, part, strict=True)), result
        else:
            assert actual == part, result
        place += len(part)
    assert len(result) == place


@pytest.mark.parametrize(("rule", "text"), proofs("spares"))
def test_a_rule_leaves_its_spares_unchanged(rule: dict[str, Any], text: str) -> None:
    assert by_place(rule, text) == text


def test_every_rule_has_examples_and_a_unique_id() -> None:
    rules = DOCUMENT["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    assert [rule["id"] for rule in rules if not rule["spares"]] == []
    assert [rule["id"] for rule in rules if not rule["catches"] and rule.get("action", "replace") == "replace"] == []


def test_the_home_of_root_stays() -> None:
    text = f"/{'root'}/notes.txt"
    assert redacted(text) == text.encode()
