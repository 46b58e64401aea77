"""Markdown tables."""

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table as markdown; numbers are right-aligned by their column's first row."""
    body = [[_cell(value) for value in row] for row in rows]
    marks = ["-" * max(3, len(name)) for name in head]
    lines = [head, marks, *body]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def share(part: int, whole: int) -> str:
    """`98.3 % (59 of 60)`; a dash where there is nothing. Only the whole itself is 100 %."""
    if not whole:
        return "-"
    percent = 100 * part / whole
    text = f"{percent:.1f}" if part == whole or percent < 99.95 else "99.9"
    return f"{text.removesuffix('.0')} % ({part:,} of {whole:,})"


def _cell(value: object) -> str:
    text = f"{value:,}" if isinstance(value, int) else str(value)
    return text.replace("|", "\\|").replace("\n", " ")
