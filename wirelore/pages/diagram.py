"""State diagrams in Mermaid."""

import re
from collections.abc import Mapping

from wirelore.evidence.collector import CUT, END, START

_LONGEST = 80


def diagram(steps: Mapping[tuple[str, str], int]) -> list[str]:
    """Return the lines of a Mermaid state diagram with counts on the transitions."""
    names = sorted({name for step in steps for name in step} - {START, END})
    ids = {name: f"s{number}" for number, name in enumerate(names, 1)} | {START: "[*]", END: "[*]"}
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f'    state "{_label(name)}" as {ids[name]}' for name in names]
    lines += [f"    {ids[before]} --> {ids[after]} : {steps[before, after]}" for before, after in sorted(steps)]
    return [*lines, "```", ""]


def _label(name: str) -> str:
    return "truncated" if name == CUT else re.sub(r"[^\w .,:/+-]", "?", name)[:_LONGEST] or "unnamed"
