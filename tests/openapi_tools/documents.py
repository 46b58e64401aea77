"""Captures with the documents that `wirelore openapi` generates from them."""

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
    """Captures and their document."""

    captures: Path
    file: Path

    @cached_property
    def document(self) -> dict[str, Any]:
        """The document, parsed."""
        found: dict[str, Any] = yaml.load(self.file.read_bytes(), Loader=yaml.CSafeLoader)
        return found

    def exchanges(self) -> Iterator[Exchange]:
        """Yield the exchanges of all captures."""
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
        """Return the operation object of an exchange; the names of path parameters may differ."""
        return self._operations.get(_nameless(exchange.operation), ("", None))[1]

    def path(self, exchange: Exchange) -> str:
        """Return the path of an exchange's operation in the document, or an empty text."""
        return self.template(exchange.operation)

    def template(self, operation: str) -> str:
        """Return the path of an operation in the document, or an empty text."""
        return self._operations.get(_nameless(operation), ("", None))[0]

    @property
    def data_is_text(self) -> bool:
        """True if the data of events is text with its own schema, as in OpenAPI 3.2."""
        return b"contentSchema:" in self.file.read_bytes()

    @cached_property
    def others(self) -> set[str]:
        """The operations that OpenAPI cannot express, as listed in the document."""
        return {entry["operation"] for entry in self.document.get("x-other-operations", ())}


def written(captures: Path, file: Path, version: str) -> Described:
    """Generate the document of captures in an OpenAPI version with the command."""
    wirelore("openapi", str(captures), "--openapi", version, "-o", str(file))
    return Described(captures, file)


def imported(recordings: Path, captures: Path) -> Path:
    """Import foreign recordings with the command; exit code 2 is allowed, because a licence file is among them."""
    wirelore("import", str(recordings), "--captures", str(captures), "--into", "real", allowed=(0, 2))
    return captures / "real"


def wirelore(*arguments: str, allowed: tuple[int, ...] = (0,)) -> str:
    """Run a command and return its stdout; fail the test if its exit code is not allowed."""
    command = [sys.executable, "-m", "wirelore", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_LIMIT_S, check=False
    )
    assert done.returncode in allowed, f"wirelore {arguments[0]} ended with {done.returncode}: {done.stderr[-2000:]}"
    return done.stdout


def _nameless(operation: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", operation)
