"""Captures with the document that `wirelore openapi` makes of them."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from tests.project import ROOT
from wirelore.model.exchange import Exchange
from wirelore.store.writer import find

SAMPLES = ROOT / "captures" / "samples"
VERSIONS = ("3.1", "3.2")

_METHODS = ("delete", "get", "head", "options", "patch", "post", "put", "trace")
_LIMIT_S = 300


@dataclass(frozen=True)
class Described:
    """Captures, and the document of them."""

    captures: Path
    file: Path

    @cached_property
    def document(self) -> dict[str, Any]:
        """The document, parsed."""
        found: dict[str, Any] = yaml.load(self.file.read_bytes(), Loader=yaml.CSafeLoader)
        return found

    def exchanges(self) -> Iterator[Exchange]:
        """The exchanges of all captures."""
        for capture in find(str(self.captures), self.captures.parent):
            yield from capture.exchanges()

    @cached_property
    def _operations(self) -> dict[str, tuple[str, dict[str, Any]]]:
        return {
            _nameless(f"{method.upper()} {path}"): (path, operation)
            for path, item in self.document["paths"].items()
            for method, operation in item.items()
            if method in _METHODS
        }

    def operation(self, exchange: Exchange) -> dict[str, Any] | None:
        """The operation object that describes an exchange; templates may differ in the names of their parameters."""
        return self._operations.get(_nameless(exchange.operation), ("", None))[1]

    def path(self, exchange: Exchange) -> str:
        """The path of an exchange's operation as the document has it; empty if it is not there."""
        return self.template(exchange.operation)

    def template(self, operation: str) -> str:
        """The path of an operation as the document has it; empty if it is not there."""
        return self._operations.get(_nameless(operation), ("", None))[0]

    @property
    def data_is_text(self) -> bool:
        """Whether events have their data as text with a schema of its own, as OpenAPI 3.2 describes event streams."""
        return b"contentSchema:" in self.file.read_bytes()

    @cached_property
    def others(self) -> set[str]:
        """The operations that OpenAPI has no place for, as the document lists them."""
        return {entry["operation"] for entry in self.document.get("x-other-operations", ())}


def written(captures: Path, file: Path, version: str) -> Described:
    """The document of captures in this version of OpenAPI, written by the command as a user runs it."""
    wirelore("openapi", str(captures), "--openapi", version, "-o", str(file))
    return Described(captures, file)


def imported(recordings: Path, captures: Path) -> Path:
    """Foreign recordings as a capture, imported by the command; 2 says that a file (a licence) is no recording."""
    wirelore("import", str(recordings), "--captures", str(captures), "--into", "real", allowed=(0, 2))
    return captures / "real"


def wirelore(*arguments: str, allowed: tuple[int, ...] = (0,)) -> str:
    """What a command prints; fails the test with what it said if its exit code is none of those allowed."""
    command = [sys.executable, "-m", "wirelore", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_LIMIT_S, check=False
    )
    assert done.returncode in allowed, f"wirelore {arguments[0]} ended with {done.returncode}: {done.stderr[-2000:]}"
    return done.stdout


def _nameless(operation: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", operation)
