"""Markdown tables."""

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table; a column is right-aligned if its first row is a number."""
    body = [[_cell(value) for value in row] for row in rows]
    marks = ["-" * max(3, len(name)) for name in head]
    lines = [head, marks, *body]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def share(part: int, whole: int) -> str:
    """Return `98.3 % (59 of 60)`, or a dash for 0 of 0. A share is rounded to 100 % only if it is complete."""
    if not whole:
        return "-"
    percent = 100 * part / whole
    text = f"{percent:.1f}" if part == whole or percent < 99.95 else "99.9"
    return f"{text.removesuffix('.0')} % ({part:,} of {whole:,})"


def _cell(value: object) -> str:
    text = f"{value:,}" if isinstance(value, int) else str(value)
    return text.replace("|", "\\|").replace("\n", " ")
