"""The table of a matrix: a row per scenario, a column per client, and the reasons below."""

from collections.abc import Iterable, Iterator

from wirelore.matrix.matrix_cells import Cell


def table(cells: Iterable[Cell]) -> str:
    """Return the table as text; a cell is `ok 2/2`, `FAILED 1/2`, or `-` if not supported by the client."""
    by_scenario: dict[str, dict[str, list[Cell]]] = {}
    for cell in cells:
        by_scenario.setdefault(cell.task.name, {}).setdefault(str(cell.client), []).append(cell)
    clients = list(dict.fromkeys(client for row in by_scenario.values() for client in row))
    rows = [["scenario", *clients]]
    rows += [[name, *(_summary(row.get(client, [])) for client in clients)] for name, row in by_scenario.items()]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    reasons = list(dict.fromkeys(_reasons(by_scenario)))
    return "\n".join([*lines, *([""] if reasons else []), *reasons]) + "\n"


def _summary(cells: list[Cell]) -> str:
    recorded = sum(cell.status == "recorded" for cell in cells)
    if any(cell.status == "failed" for cell in cells):
        return f"FAILED {recorded}/{len(cells)}"
    return f"ok {recorded}/{len(cells)}" if recorded else "-"


def _reasons(by_scenario: dict[str, dict[str, list[Cell]]]) -> Iterator[str]:
    words = {"failed": "failed", "not-supported": "not supported"}
    for name, row in by_scenario.items():
        for client, cells in row.items():
            for cell in cells:
                if cell.status in words:
                    yield f"{client} {name}: {words[cell.status]}: {cell.reason}"
