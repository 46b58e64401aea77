"""The analyzer reference: every analyzer's docstring and rules as one markdown page."""

from collections.abc import Iterable

from wirelore.analysis.registry import registry
from wirelore.schema.library import Library, Rule


def write(library: Library) -> str:
    """Return the content of `docs/analyzers.md`."""
    parts = [
        "# Analyzers",
        "",
        "Generated from the docstrings of `analyzers/` and the rules of `schemas/` by `make docs`.",
        "",
        "## Rules common to all analyzers",
        "",
        "In a finding, the id of the rule begins with the name of the analyzer, as in `request-bodies/new-field`.",
        "",
        *_table(library.common_rules().values()),
    ]
    for name, analyzer in registry().items():
        title, _, sections = analyzer.doc.partition("\n")
        parts += [f"## {name}", "", title, "", *_sections(sections)]
        if own_rules := library.own_rules(name):
            parts += _table(own_rules.values())
    return "\n".join(parts)


def rule_text(rule: Rule, doc: str) -> str:
    """Return the text that `wirelore explain` prints for a rule."""
    message = rule.message.replace("{", "<").replace("}", ">")
    return f"{rule.id} ({rule.severity})\n\n{rule.means}\n\nMessage: {message}\n\n{doc}\n"


def _table(rules: Iterable[Rule]) -> list[str]:
    head = ["| rule | severity | what it means |", "| --- | --- | --- |"]
    return [*head, *(f"| `{rule.id}` | {rule.severity} | {rule.means} |" for rule in rules), ""]


def _sections(text: str) -> list[str]:
    lines = []
    for line in text.strip("\n").splitlines():
        if line and not line.startswith(" "):
            lines += ["", f"**{line.strip()}.**"]
        elif line.strip():
            lines.append(line.strip())
    return [*lines[1:], ""]
