"""The overview of a changelog as JSON, for programs."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from wirelore.compare.client_versions import ClientVersion
from wirelore.compare.history import History, Step
from wirelore.compare.inventory import NAME_KINDS
from wirelore.compare.unrecorded import Unrecorded

FORMAT = 1
"""The format number of the document."""
FLAGS = "beta-flags.json"
"""The document of the beta flags, in the same folder."""


def overview(histories: Sequence[History], lacking: Sequence[Unrecorded], problems: Sequence[str]) -> dict[str, Any]:
    """Return the content of changelog.json."""
    return {
        "format": FORMAT,
        "products": [_history(history) for history in histories],
        "unrecorded": [asdict(unrecorded) for unrecorded in lacking],
        "beta_flags": FLAGS,
        "problems": list(problems),
    }


def _history(history: History) -> dict[str, Any]:
    return {
        "product": history.product,
        "versions": [_version(version) for version in history.versions],
        "steps": [_step(step) for step in history.steps],
        "whole": _step(history.whole) if history.whole else None,
        "has": {shelf.id: _has(history.versions, shelf.id) for shelf in NAME_KINDS},
    }


def _version(version: ClientVersion) -> dict[str, Any]:
    return {
        "version": version.version,
        "captures": sorted(capture.name for capture in version.captures),
        "exchanges": version.inventory.exchanges,
        "recorded": version.recorded,
        "clients": dict(sorted(version.inventory.clients.items())),
        "scenarios": sorted(version.scenarios),
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "before": step.before.version,
        "after": step.after.version,
        "counts": step.changes.counts,
        "page": f"{step.page}.json",
    }


def _has(versions: Sequence[ClientVersion], shelf: str) -> dict[str, Any]:
    """Return the number of exchanges with each name, by version, in the versions' order."""
    names = sorted(set().union(*(version.inventory.names[shelf] for version in versions)))
    return {
        name: [
            {"version": version.version, "exchanges": version.inventory.names[shelf][name]}
            for version in versions
            if name in version.inventory.names[shelf]
        ]
        for name in names
    }
