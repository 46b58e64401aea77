"""The rules that class differences, as a page, and one in words."""

from wirelore.analysis.markdown import cell, code, table
from wirelore.compare.change_tables import Rule, tables
from wirelore.compare.presentation import DIRECTIONS

_ACCEPTING = """\
## Exit codes and accepted differences

`wirelore diff` exits with 1 if a difference is at or above `--fail-on`: `breaking` (the default), `additive`, which
includes breaking ones, or `any`, which includes differences of every class. Differences that `--accept FILE` accepts
are listed separately and do not count. The file is a JSON list:

```json
[
  {"fingerprint": "0123456789abcdef", "reason": "our gateway forwards every flag"},
  {"rule": "tool-*", "operation": "POST /v1/messages*", "reason": "our gateway ignores tools"},
  {"rule": "request-header-order", "reason": "our proxy sorts headers", "until": "2.2.0"}
]
```

- `fingerprint`, `rule`, `operation` and `place` select differences. `fingerprint` or `rule` is required, and all
  members that are present must match. `*` matches any text. `--format json` prints all four.
- `reason` is required.
- `until` is the last recording date (`2026-12-31`) or the last client version of the newer side for which the entry
  applies.
- `message` is a comment.

An entry that accepts nothing, or has expired, is stale: it is reported, and counts for `--fail-on any`.
`--accept-new FILE` writes an entry for each difference that counts. Their reasons are empty and must be filled in
before the file can be used.
"""


def change_rules() -> dict[str, Rule]:
    """Return every rule by its id, in the order of evaluation."""
    return {rule.id: rule for rule in tables().rules}


def rule_text(rule: Rule) -> str:
    """Return the text that `wirelore explain` prints for a rule."""
    details = f"Message: {_readable(rule.message)}\nAdvice: {_readable(rule.advice)}\nAnalyzers: {_analyzers(rule)}"
    return f"{rule.id} ({rule.kind}, {_direction(rule)})\n\n{rule.means}\n\n{details}\n"


def page() -> str:
    """Return the content of `docs/changes.md`."""
    lines = [
        "# Differences",
        "",
        "The rules by which `wirelore diff` and `wirelore changelog` name and class the differences between two sides. "
        "The first matching rule applies. Generated from `schemas/changes.json` by `make docs`; "
        "`wirelore explain RULE` prints one rule.",
        "",
    ]
    for kind, means in tables().kinds.items():
        rows = [
            (
                code(rule.id),
                _direction(rule),
                cell(rule.means),
                cell(_readable(rule.message)),
                cell(_readable(rule.advice)),
            )
            for rule in tables().rules
            if rule.kind == kind
        ]
        lines += [f"## {kind.capitalize()}", "", f"{means[:1].upper()}{means[1:]}.", ""]
        lines += table(["rule", "direction", "what it means", "message", "advice"], rows)
    return "\n".join([*lines, _ACCEPTING])


def _direction(rule: Rule) -> str:
    """Return the direction of a rule in words; `either` if it has both."""
    directions = {rule.direction or tables().readings[analyzer].direction for analyzer in rule.of} or {rule.direction}
    return DIRECTIONS.get(directions.pop(), "either") if len(directions) == 1 else "either"


def _analyzers(rule: Rule) -> str:
    return ", ".join(sorted(rule.of)) or "all"


def _readable(template: str) -> str:
    return template.replace("{", "<").replace("}", ">")
