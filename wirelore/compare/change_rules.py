"""The rules that class differences, as a page, and one in words."""

from wirelore.analysis.markdown import cell, code, table
from wirelore.compare.change_tables import Rule, tables
from wirelore.compare.presentation import DIRECTIONS

_ACCEPTING = """\
## Exit codes and accepted differences

`wirelore diff` exits with 1 if a difference is at or above `--fail-on`: `breaking` (the default), `additive`, which
includes breaking ones, or `any`, which is every difference of whatever class. Differences that `--accept FILE` accepts
are told apart and do not count. The file is a JSON list:

```json
[
  {"fingerprint": "0123456789abcdef", "reason": "our gateway passes every flag on"},
  {"rule": "tool-*", "operation": "POST /v1/messages*", "reason": "tools are none of our business"},
  {"rule": "request-header-order", "reason": "our proxy sorts headers", "until": "2.2.0"}
]
```

- `fingerprint`, `rule`, `operation` and `place` say which differences are meant. One of the first two is needed; all
  that are given must fit. `*` stands for any text, everything else for itself. `--format json` tells all four.
- `reason` must be said.
- `until` is the last date of recording (`2026-12-31`) or the last version of the newer side's client for which the
  entry holds.
- `message` is a note for the reader.

An entry that accepts nothing, or held until earlier, is stale: it is reported, and counts for `--fail-on any`.
`--accept-new FILE` writes an entry for each difference that counts; their reasons are empty, and the file is refused
until somebody has filled them in.
"""


def change_rules() -> dict[str, Rule]:
    """Every rule by its id, in the order in which they are tried."""
    return {rule.id: rule for rule in tables().rules}


def rule_text(rule: Rule) -> str:
    """One rule explained, for `wirelore explain`."""
    said = f"It says: {_shown(rule.message)}\nAdvice: {_shown(rule.advice)}\nIt looks at: {_analyzers(rule)}"
    return f"{rule.id} ({rule.kind}, {_way(rule)})\n\n{rule.means}\n\n{said}\n"


def page() -> str:
    """The page `docs/changes.md`."""
    lines = [
        "# Differences",
        "",
        "The rules by which `wirelore diff` and `wirelore changelog` name and class what differs between two sides. "
        "The first rule that fits names a difference. Generated from `schemas/changes.json` by `make docs`; "
        "`wirelore explain RULE` prints one rule.",
        "",
    ]
    for kind, means in tables().kinds.items():
        rows = [
            (code(rule.id), _way(rule), cell(rule.means), cell(_shown(rule.message)), cell(_shown(rule.advice)))
            for rule in tables().rules
            if rule.kind == kind
        ]
        lines += [f"## {kind.capitalize()}", "", f"{means[:1].upper()}{means[1:]}.", ""]
        lines += table(["rule", "direction", "what it means", "what it says", "advice"], rows)
    return "\n".join([*lines, _ACCEPTING])


def _way(rule: Rule) -> str:
    """The direction in words; `either` if the rule speaks of both."""
    ways = {rule.direction or tables().readings[analyzer].direction for analyzer in rule.of} or {rule.direction}
    return DIRECTIONS.get(ways.pop(), "either") if len(ways) == 1 else "either"


def _analyzers(rule: Rule) -> str:
    return ", ".join(sorted(rule.of)) or "all that is observed"


def _shown(template: str) -> str:
    return template.replace("{", "<").replace("}", ">")
