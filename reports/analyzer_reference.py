"""The analyzer reference: every analyzer's docstring and rules as one markdown page."""

from analyzers._contract import registry
from schemas.library import Library, Rule


def write(library: Library) -> str:
    """The page `docs/analyzers.md`."""
    parts = [
        "# Analyzers",
        "",
        "Generated from the docstrings of `analyzers/` and the rules of `schemas/` by `make docs`.",
        "",
    ]
    for name, analyzer in registry().items():
        title, _, rest = analyzer.doc.partition("\n")
        parts += [
            f"## {name}",
            "",
            title,
            "",
            *_sections(rest),
            "| rule | severity | what it means |",
            "| --- | --- | --- |",
        ]
        parts += [f"| `{rule.id}` | {rule.severity} | {rule.means} |" for rule in _own(library, name)]
        parts.append("")
    return "\n".join(parts)


def rule_text(rule: Rule, doc: str) -> str:
    """One rule explained, for `wirelore explain`."""
    message = rule.message.replace("{", "<").replace("}", ">")
    return f"{rule.id} ({rule.severity})\n\n{rule.means}\n\nIt says: {message}\n\n{doc}\n"


def _own(library: Library, analyzer: str) -> list[Rule]:
    """The rules that this analyzer's schemas can report."""
    return list(library.rules(analyzer).values())


def _sections(text: str) -> list[str]:
    lines = []
    for line in text.strip("\n").splitlines():
        if line and not line.startswith(" "):
            lines += ["", f"**{line.strip()}.**"]
        elif line.strip():
            lines.append(line.strip())
    return [*lines[1:], ""]
