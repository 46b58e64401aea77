"""Markdown parts: tables, links and anchors, escaped."""

import re
from collections.abc import Iterable, Sequence

from wirelore.analysis.findings_markdown import cell, code

_LONGEST = 80

__all__ = ["anchor", "cell", "code", "codes", "link", "share", "short", "table"]


def table(heads: Sequence[str], rows: Iterable[Sequence[str | int]], empty: str = "None.") -> list[str]:
    """The lines of a table whose cells are markdown already; numbers stand at the right. `empty` if there is no row."""
    body = [list(row) for row in rows]
    if not body:
        return [empty, ""]
    rule = ["---:" if isinstance(value, int) else "---" for value in body[0]]
    lines = [_row(heads), _row(rule), *(_row([_number(value) for value in row]) for row in body)]
    return [*lines, ""]


def codes(texts: Iterable[str], most: int = 8) -> str:
    """Texts as code, separated by commas; how many more there are, if there are too many."""
    every = list(texts)
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(code(short(text)) for text in every[:most]) + more


def short(text: str) -> str:
    """The text, cut in the middle if it is long."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 24]}…{text[-20:]}"


def share(number: int, total: int) -> str:
    """`all 12` or `3 of 12`."""
    return f"all {total:,}" if number == total else f"{number:,} of {total:,}"


def anchor(heading: str) -> str:
    """The anchor that code hosts make of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).replace(" ", "-")


def link(text: str, page: str, heading: str = "") -> str:
    """A link to a page, or to a heading of it."""
    return f"[{cell(text)}]({page}{'#' + anchor(heading) if heading else ''})"


def _row(values: Iterable[str]) -> str:
    return "| " + " | ".join(values) + " |"


def _number(value: str | int) -> str:
    return f"{value:,}" if isinstance(value, int) else value
