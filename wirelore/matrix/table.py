"""The table at the end of a matrix: a row for each scenario, a column for each client, and the reasons below."""

from collections.abc import Iterable, Iterator

from wirelore.matrix.matrix_cells import Cell


def table(cells: Iterable[Cell]) -> str:
    """Lines of text: `ok 2/2`, `-` where a client does not support the scenario, `FAILED` with how many were well."""
    found: dict[str, dict[str, list[Cell]]] = {}
    for cell in cells:
        found.setdefault(cell.task.name, {}).setdefault(str(cell.client), []).append(cell)
    clients = list(dict.fromkeys(client for row in found.values() for client in row))
    rows = [["scenario", *clients]]
    rows += [[name, *(_summed(row.get(client, [])) for client in clients)] for name, row in found.items()]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    reasons = list(dict.fromkeys(_reasons(found)))
    return "\n".join([*lines, *([""] if reasons else []), *reasons]) + "\n"


def _summed(cells: list[Cell]) -> str:
    good = sum(cell.status == "recorded" for cell in cells)
    if any(cell.status == "failed" for cell in cells):
        return f"FAILED {good}/{len(cells)}"
    return f"ok {good}/{len(cells)}" if good else "-"


def _reasons(found: dict[str, dict[str, list[Cell]]]) -> Iterator[str]:
    words = {"failed": "failed", "not-supported": "not supported"}
    for name, row in found.items():
        for client, cells in row.items():
            for cell in cells:
                if cell.status in words:
                    yield f"{client} {name}: {words[cell.status]}: {cell.reason}"
