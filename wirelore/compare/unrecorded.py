"""Scenarios without a recording, with the reasons, from the matrix.json next to the captures."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wirelore.model import codec
from wirelore.store.writer import Capture

RESULT = "matrix.json"
_RECORDED = "recorded"
_LEVELS = 2
"""The number of parent folders of a capture that are searched for the file."""


@dataclass(frozen=True, slots=True, order=True)
class Unrecorded:
    """A scenario of a matrix without a recording for a version."""

    client: str
    scenario: str
    version: str
    status: str
    """`not-supported`, or the result of the failed runs."""
    reason: str


def unrecorded(captures: Iterable[Capture], problems: list[str]) -> list[Unrecorded]:
    """Return the scenarios without a recording from any repetition, sorted, each once."""
    missing: dict[tuple[str, str, str], Unrecorded] = {}
    recorded: set[tuple[str, str, str]] = set()
    for cell in _cells(captures, problems):
        scenario = Unrecorded(*(str(cell.get(name) or "") for name in Unrecorded.__slots__))
        key = (scenario.client, scenario.scenario, scenario.version)
        if scenario.status == _RECORDED:
            recorded.add(key)
        elif scenario.status:
            missing.setdefault(key, scenario)
    return sorted(scenario for key, scenario in missing.items() if key not in recorded)


def _cells(captures: Iterable[Capture], problems: list[str]) -> list[Mapping[str, Any]]:
    cells: list[Mapping[str, Any]] = []
    for path in sorted({path for capture in captures for path in _beside(capture.folder)}):
        try:
            document = codec.loads(path.read_bytes())
            listed = document["cells"] if isinstance(document, dict) else None
            if not isinstance(listed, list) or not all(isinstance(cell, dict) for cell in listed):
                raise ValueError("expected an object with `cells`, a list of objects")
            cells += listed
        except (OSError, ValueError, KeyError) as fault:
            problems.append(f"{path}: not a result of `wirelore matrix` ({fault}); run it again, or remove the file")
    return cells


def _beside(folder: Path) -> list[Path]:
    parents = [folder.absolute().parent, *folder.absolute().parent.parents][:_LEVELS]
    return [parent / RESULT for parent in parents if (parent / RESULT).is_file()]
