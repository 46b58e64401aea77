"""Redocly, the linter and renderer of OpenAPI documents, in a pinned version from npm."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests import npm

REDOCLY = npm.Tool("@redocly/cli", "2.77.0", ".bin/redocly")


@dataclass(frozen=True, order=True)
class Problem:
    """A problem that the linter reports."""

    severity: str
    """`error` or `warn`."""
    rule: str
    pointer: str
    message: str

    def __str__(self) -> str:
        return f"{self.severity} {self.rule} at {self.pointer or '#'}: {self.message}"


def problems(document: Path, empty: Path) -> list[Problem]:
    """Return the problems that the rules `recommended` report; `empty` is a folder without a configuration.

    Raise RuntimeError with the tool's output if it did not check the document.
    """
    command = ["lint", "--extends=recommended", "--format=json", "--max-problems=100000", str(document)]
    done = run(command, empty)
    try:
        found = json.loads(done.stdout)["problems"]
    except (ValueError, KeyError):
        raise RuntimeError(f"redocly lint ended with code {done.returncode}:\n{done.stdout}\n{done.stderr}") from None
    return sorted(
        Problem(each["severity"], each["ruleId"], each["location"][0].get("pointer", ""), each["message"])
        for each in found
    )


def run(arguments: list[str], folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run the tool in a folder that is also its home, without telemetry, update checks and network."""
    return REDOCLY.run(arguments, folder, REDOCLY_TELEMETRY="off", REDOCLY_SUPPRESS_UPDATE_NOTICE="true")
