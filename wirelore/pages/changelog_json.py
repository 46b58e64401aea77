"""The overview of a changelog as JSON, for programs."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from wirelore.compare.client_versions import ClientVersion
from wirelore.compare.history import History, Step
from wirelore.compare.inventory import SHELVES
from wirelore.compare.unrecorded import Unrecorded

FORMAT = 1
"""The number of this format."""
FLAGS = "beta-flags.json"
"""The document of the beta flags, beside the overview."""


def overview(histories: Sequence[History], lacking: Sequence[Unrecorded], problems: Sequence[str]) -> dict[str, Any]:
    """The document changelog.json."""
    return {
        "format": FORMAT,
        "products": [_history(one) for one in histories],
        "unrecorded": [asdict(one) for one in lacking],
        "beta_flags": FLAGS,
        "problems": list(problems),
    }


def _history(one: History) -> dict[str, Any]:
    return {
        "product": one.product,
        "versions": [_version(version) for version in one.versions],
        "steps": [_step(step) for step in one.steps],
        "whole": _step(one.whole) if one.whole else None,
        "has": {shelf.id: _has(one.versions, shelf.id) for shelf in SHELVES},
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
    """Every name with the exchanges that showed it, by version, in the versions' order."""
    names = sorted(set().union(*(version.inventory.names[shelf] for version in versions)))
    return {
        name: [
            {"version": version.version, "exchanges": version.inventory.names[shelf][name]}
            for version in versions
            if name in version.inventory.names[shelf]
        ]
        for name in names
    }
