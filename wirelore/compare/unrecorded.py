"""Scenarios of which a version has no recording, and why: from the matrix.json beside the captures, if there is one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wirelore.model import codec
from wirelore.store.writer import Capture

RESULT = "matrix.json"
_RECORDED = "recorded"
_LEVELS = 2
"""How far above a capture's folder the file may lie."""


@dataclass(frozen=True, slots=True, order=True)
class Unrecorded:
    """A scenario that was asked of a version, and has no recording."""

    client: str
    scenario: str
    version: str
    status: str
    """`not-supported`, or how the runs ended that gave none."""
    reason: str


def unrecorded(captures: Iterable[Capture], problems: list[str]) -> list[Unrecorded]:
    """What was not recorded by any repeat, sorted, each once."""
    found: dict[tuple[str, str, str], Unrecorded] = {}
    recorded: set[tuple[str, str, str]] = set()
    for cell in _cells(captures, problems):
        one = Unrecorded(*(str(cell.get(name) or "") for name in Unrecorded.__slots__))
        key = (one.client, one.scenario, one.version)
        if one.status == _RECORDED:
            recorded.add(key)
        elif one.status:
            found.setdefault(key, one)
    return sorted(one for key, one in found.items() if key not in recorded)


def _cells(captures: Iterable[Capture], problems: list[str]) -> list[Mapping[str, Any]]:
    cells: list[Mapping[str, Any]] = []
    for path in sorted({path for capture in captures for path in _beside(capture.folder)}):
        try:
            document = codec.loads(path.read_bytes())
            stated = document["cells"] if isinstance(document, dict) else None
            if not isinstance(stated, list) or not all(isinstance(cell, dict) for cell in stated):
                raise ValueError("expected an object with a list `cells` of objects")
            cells += stated
        except (OSError, ValueError, KeyError) as fault:
            problems.append(f"{path}: no result of a matrix ({fault}); make it again, or move it away")
    return cells


def _beside(folder: Path) -> list[Path]:
    above = [folder.absolute().parent, *folder.absolute().parent.parents][:_LEVELS]
    return [parent / RESULT for parent in above if (parent / RESULT).is_file()]
