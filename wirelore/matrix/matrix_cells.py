"""The cells of a matrix: what each is made from, how it ended, and the file in which that is kept."""

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
from wirelore.store.files import place
from wirelore.store.reader import CLOSED, MANIFEST

FORMAT = 1
"""The number of the format of RESULT."""
RESULT = "matrix.json"
_ENGINE = 1
"""Raised when a change of the engine changes what is recorded: then all is recorded anew."""


@dataclass(frozen=True)
class Task:
    """A scenario that was asked for."""

    source: Path
    scenario: Scenario

    @property
    def name(self) -> str:
        """The scenario's name."""
        return self.source.stem

    def made_from(self, client: Client) -> str:
        """A hash of the scenario with the files it names, the form of the answers, the client and the engine.

        How the scenario is laid out, and what it says about itself, makes no difference.
        """
        text = json.dumps({**json.loads(self.source.read_bytes()), "about": ""}, sort_keys=True)
        named = sorted(set(re.findall(r"\{\{scenarios\}\}/([A-Za-z0-9_.-]+)", text)))
        files = [agent_answers.FILE, *client.files, *(self.source.parent / name for name in named)]
        told = hashlib.sha256(f"{_ENGINE} {client!r} {text}".encode())
        for path in files:
            told.update(_digest(path))
        return told.hexdigest()[:16]


@dataclass(frozen=True)
class Cell:
    """One run of the matrix, and how it ended."""

    client: Client
    task: Task
    repeat: int
    made_from: str
    status: Status | None = None
    """None: not run yet."""
    reason: str = ""

    @property
    def name(self) -> str:
        """The name of its capture."""
        return f"{self.client.folder}_{self.task.name}_{self.repeat}"

    @property
    def capture(self) -> str:
        """The path of its capture in the matrix's folder."""
        return f"{self.client.folder}/{self.name}"

    @property
    def labels(self) -> dict[str, str]:
        """What the capture's manifest says of it."""
        version = {"version": self.client.version} if self.client.version else {}
        return {"client": self.client.name, **version, "scenario": self.task.name, "repeat": str(self.repeat)}

    def document(self) -> dict[str, Any]:
        """Its entry in the result's file."""
        found: dict[str, Any] = {**self.labels, "repeat": self.repeat, "status": self.status}
        found["made_from"] = self.made_from
        if self.status == "recorded":
            found["capture"] = self.capture
        return {**found, "reason": self.reason} if self.reason else found

    def holds(self, entry: Mapping[str, Any], folder: Path) -> bool:
        """Whether an entry of an earlier result still says what this cell would become, and its capture is there."""
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
    """The entries of a matrix's result, none if there is no result. Raises ValueError."""
    path = folder / RESULT
    if not path.exists():
        return {}
    document = json.loads(path.read_bytes())
    if document.get("format") != FORMAT:
        raise ValueError(f"{path}: format {document.get('format')}, this version reads {FORMAT}; update wirelore")
    return {key(entry): entry for entry in document["cells"]}


def write(folder: Path, entries: Iterable[Mapping[str, Any]]) -> None:
    """Writes the result: sorted, so that the same runs give the same bytes."""
    document = {"format": FORMAT, "cells": sorted(entries, key=key)}
    place(folder / RESULT, (json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode())


def key(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """What tells an entry from others, and its place among them."""
    version = [part.zfill(8) for part in str(entry.get("version", "")).split(".")]
    return (entry["client"], *version, entry["scenario"], str(entry["repeat"]).zfill(4))
