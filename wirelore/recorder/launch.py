"""The recorder process: with what command and environment the addon starts it, and into which folder it records."""

import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mitmproxy import version

from wirelore.model.packaged import SEARCH_PATH
from wirelore.model.version import VERSION


def command(options: Any, folder: Path, hosts: Sequence[str]) -> list[str]:
    """The command line, after the addon's options; the manifest is told what records, and how."""
    python = ".".join(map(str, sys.version_info[:3]))
    tool = {"wirelore": VERSION, "mitmproxy": version.VERSION, "python": python}
    routed = "wirelore_route" in options and options.wirelore_route
    chosen: dict[str, Any] = {
        "hosts": hosts,
        "backlog": options.wirelore_backlog,
        "answered_by": "stand-in" if routed else "service",
    }
    if given := labels(options.wirelore_labels):
        chosen["labels"] = given
    found = [sys.executable, "-P", "-m", "wirelore.recorder.process", str(folder), "--tool", json.dumps(tool)]
    found += ["--options", json.dumps(chosen)]
    if options.wirelore_status >= 0:
        found += ["--status", str(options.wirelore_status)]
    return found + (["--key", options.wirelore_key] if options.wirelore_key else [])


def labels(text: str) -> dict[str, str]:
    """The labels of the option, none if it is empty. Raises ValueError."""
    try:
        found = json.loads(text or "{}")
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise ValueError(f'{text!r} is not a JSON object of texts, such as {{"scenario": "plain"}}')
    return found


def environment() -> dict[str, str]:
    """This process's variables, with which the recorder finds the packages it is made of."""
    path = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(SEARCH_PATH), path]) if path else str(SEARCH_PATH)}


def fresh_folder() -> Path:
    """A capture's folder, named by the second, where the user named none."""
    base = Path(os.environ.get("WIRELORE_CAPTURES") or Path("captures") / "local")
    return base / datetime.now(UTC).strftime("%Y%m%d_%H%M%S")
