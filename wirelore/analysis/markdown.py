"""Markdown syntax: tables, links and anchors, with escaped text."""

import re
from collections.abc import Iterable, Sequence

from wirelore.analysis.findings_markdown import cell, code

_MAX_LENGTH = 80

__all__ = ["anchor", "cell", "code", "codes", "link", "share", "short", "table"]


def table(heads: Sequence[str], rows: Iterable[Sequence[str | int]], empty: str = "None.") -> list[str]:
    """Return the lines of a table with markdown cells and right-aligned numbers, or `empty` if there are no rows."""
    body = [list(row) for row in rows]
    if not body:
        return [empty, ""]
    alignment = ["---:" if isinstance(value, int) else "---" for value in body[0]]
    lines = [_row(heads), _row(alignment), *(_row([_number(value) for value in row]) for row in body)]
    return [*lines, ""]


def codes(texts: Iterable[str], most: int = 8) -> str:
    """Return the first `most` texts as code spans, separated by commas, then the number of those omitted."""
    items = list(texts)
    more = f" and {len(items) - most} more" if len(items) > most else ""
    return ", ".join(code(short(text)) for text in items[:most]) + more


def short(text: str) -> str:
    """Return the text, shortened in the middle if it is longer than 80 characters."""
    return text if len(text) <= _MAX_LENGTH else f"{text[: _MAX_LENGTH - 24]}…{text[-20:]}"


def share(number: int, total: int) -> str:
    """Return `all 12` or `3 of 12`."""
    return f"all {total:,}" if number == total else f"{number:,} of {total:,}"


def anchor(heading: str) -> str:
    """Return the anchor that code hosts generate for a heading."""
    return re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).replace(" ", "-")


def link(text: str, page: str, heading: str = "") -> str:
    """Return a link to a page or to one of its headings."""
    return f"[{cell(text)}]({page}{'#' + anchor(heading) if heading else ''})"


def _row(values: Iterable[str]) -> str:
    return "| " + " | ".join(values) + " |"


def _number(value: str | int) -> str:
    return f"{value:,}" if isinstance(value, int) else value
