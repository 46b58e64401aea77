"""The page of the rules of differences, and the text of a rule."""

from tests.project import ROOT
from wirelore.compare.change import KINDS
from wirelore.compare.change_rules import change_rules, page, rule_text


def test_the_committed_page_of_differences_is_up_to_date() -> None:
    assert (ROOT / "docs" / "changes.md").read_text("utf-8") == page(), "run `make docs` and read the diff"


def test_every_rule_is_on_the_page_once_in_the_section_of_its_class() -> None:
    *sections, accepting = page().split("\n## ")[1:]
    assert accepting.startswith("Exit codes and accepted differences\n")
    assert [section.partition("\n")[0].lower() for section in sections] == list(KINDS)
    for section in sections:
        rows = [line.split(" | ")[0].strip("| `") for line in section.splitlines() if line.startswith("| `")]
        kind = section.partition("\n")[0].lower()
        assert rows == [rule.id for rule in change_rules().values() if rule.kind == kind]


def test_the_text_of_a_rule_has_class_direction_meaning_message_and_advice() -> None:
    rule = change_rules()["request-header-order"]
    assert rule_text(rule) == (
        "request-header-order (cosmetic, client to server)\n\n"
        f"{rule.means}\n\n"
        "Message: the order of the headers changed\n"
        "Advice: do not identify this client by the order of its headers\n"
        "Analyzers: request-headers\n"
    )
