"""The linter and renderer of OpenAPI documents: Redocly's command, one version of it, from npm into a cache."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests import npm

REDOCLY = npm.Tool("@redocly/cli", "2.77.0", ".bin/redocly")


@dataclass(frozen=True, order=True)
class Problem:
    """What the linter has against a document."""

    severity: str
    """`error` or `warn`."""
    rule: str
    pointer: str
    message: str

    def __str__(self) -> str:
        return f"{self.severity} {self.rule} at {self.pointer or '#'}: {self.message}"


def problems(document: Path, empty: Path) -> list[Problem]:
    """What the rules `recommended` find in a document; `empty` is a folder without a configuration to pick up.

    Raises RuntimeError with what the tool said if it did not judge the document.
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
    """The tool, run in a folder that is its home as well: no telemetry, no question after updates, no network."""
    return REDOCLY.run(arguments, folder, REDOCLY_TELEMETRY="off", REDOCLY_SUPPRESS_UPDATE_NOTICE="true")
