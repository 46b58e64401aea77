"""The analyzer reference and the text of a rule. tests/reports/test_samples.py compares the page in docs/."""

from wirelore.analysis.analyzer_reference import rule_text, write
from wirelore.analysis.registry import registry
from wirelore.schema.library import Library, Rule


def test_every_analyzer_and_every_rule_is_on_the_page_once() -> None:
    library = Library()
    lines = write(library).splitlines()
    assert [line.removeprefix("## ") for line in lines if line.startswith("## ")][1:] == list(registry())
    rules = [*library.common_rules().values(), *(r for name in registry() for r in library.own_rules(name).values())]
    rows = [line.split(" | ")[0].strip("| `") for line in lines if line.startswith("| `")]
    assert rows == [rule.id for rule in rules]


def test_the_text_of_a_rule_has_its_severity_meaning_and_message() -> None:
    rule = Rule("made/odd", "warning", "{name} is odd: {found}", "Something is odd.")
    assert rule_text(rule, "Made: for the test.") == (
        "made/odd (warning)\n\nSomething is odd.\n\nMessage: <name> is odd: <found>\n\nMade: for the test.\n"
    )
