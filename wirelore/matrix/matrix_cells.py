"""The cells of a matrix, each a run with its inputs and outcome, and the file that stores them."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from wirelore.matrix import agent_answers
from wirelore.matrix.agent_client import Client
from wirelore.matrix.agent_run import Status
from wirelore.matrix.agent_scenario import Scenario
from wirelore.store.files import replace_content
from wirelore.store.reader import CLOSED, MANIFEST

FORMAT = 1
"""The format number of RESULT."""
RESULT = "matrix.json"
_ENGINE = 1
"""The engine's number, incremented when the engine's recordings change; all cells are then recorded again."""


@dataclass(frozen=True)
class Task:
    """A scenario to run."""

    source: Path
    scenario: Scenario

    @property
    def name(self) -> str:
        """The scenario's name."""
        return self.source.stem

    def made_from(self, client: Client) -> str:
        """Return a hash of the inputs: scenario, files that it names, answer templates, client, engine.

        The scenario's layout and its `about` text do not change the hash.
        """
        text = json.dumps({**json.loads(self.source.read_bytes()), "about": ""}, sort_keys=True)
        names = sorted(set(re.findall(r"\{\{scenarios\}\}/([A-Za-z0-9_.-]+)", text)))
        files = [agent_answers.FILE, *client.files, *(self.source.parent / name for name in names)]
        digest = hashlib.sha256(f"{_ENGINE} {client!r} {text}".encode())
        for path in files:
            digest.update(_digest(path))
        return digest.hexdigest()[:16]


@dataclass(frozen=True)
class Cell:
    """One run of the matrix, and its outcome."""

    client: Client
    task: Task
    repeat: int
    made_from: str
    status: Status | None = None
    """None if not run yet."""
    reason: str = ""

    @property
    def name(self) -> str:
        """The capture's name."""
        return f"{self.client.folder}_{self.task.name}_{self.repeat}"

    @property
    def capture(self) -> str:
        """The capture's path, relative to the matrix's folder."""
        return f"{self.client.folder}/{self.name}"

    @property
    def labels(self) -> dict[str, str]:
        """The labels in the capture's manifest."""
        version = {"version": self.client.version} if self.client.version else {}
        return {"client": self.client.name, **version, "scenario": self.task.name, "repeat": str(self.repeat)}

    def document(self) -> dict[str, Any]:
        """Return the cell's entry in RESULT."""
        entry: dict[str, Any] = {**self.labels, "repeat": self.repeat, "status": self.status}
        entry["made_from"] = self.made_from
        if self.status == "recorded":
            entry["capture"] = self.capture
        return {**entry, "reason": self.reason} if self.reason else entry

    def is_current(self, entry: Mapping[str, Any], folder: Path) -> bool:
        """Return True if an entry of an earlier result has the same inputs, and its capture is present."""
        if entry.get("made_from") != self.made_from:
            return False
        if entry.get("status") != "recorded":
            return entry.get("status") == "not-supported"
        try:
            manifest = json.loads((folder / self.capture / MANIFEST).read_bytes())
        except (OSError, ValueError):
            return False
        return bool(manifest["status"] == CLOSED and manifest["options"].get("labels") == self.labels)


@cache
def _digest(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest() if path.is_file() else b""


def load(folder: Path) -> dict[tuple[str, ...], dict[str, Any]]:
    """Read the entries of a matrix's result, empty if the result is missing. Raise ValueError."""
    path = folder / RESULT
    if not path.exists():
        return {}
    document = json.loads(path.read_bytes())
    if document.get("format") != FORMAT:
        raise ValueError(f"{path}: format {document.get('format')}, this version reads {FORMAT}; update wirelore")
    return {key(entry): entry for entry in document["cells"]}


def write(folder: Path, entries: Iterable[Mapping[str, Any]]) -> None:
    """Write the result, sorted, so that the same runs give the same bytes."""
    document = {"format": FORMAT, "cells": sorted(entries, key=key)}
    replace_content(
        folder / RESULT, (json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()
    )


def key(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the key that identifies an entry and sorts it."""
    version = [part.zfill(8) for part in str(entry.get("version", "")).split(".")]
    return (entry["client"], *version, entry["scenario"], str(entry["repeat"]).zfill(4))
