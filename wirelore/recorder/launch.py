"""The command line, environment and capture folder with which the addon starts the recorder process."""

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
    """Return the command line for the addon's options, including tool and options for the manifest."""
    python = ".".join(map(str, sys.version_info[:3]))
    tool = {"wirelore": VERSION, "mitmproxy": version.VERSION, "python": python}
    routed = "wirelore_route" in options and options.wirelore_route
    manifest_options: dict[str, Any] = {
        "hosts": hosts,
        "backlog": options.wirelore_backlog,
        "answered_by": "stand-in" if routed else "service",
    }
    if capture_labels := labels(options.wirelore_labels):
        manifest_options["labels"] = capture_labels
    arguments = [sys.executable, "-P", "-m", "wirelore.recorder.process", str(folder), "--tool", json.dumps(tool)]
    arguments += ["--options", json.dumps(manifest_options)]
    if options.wirelore_status >= 0:
        arguments += ["--status", str(options.wirelore_status)]
    return arguments + (["--key", options.wirelore_key] if options.wirelore_key else [])


def labels(text: str) -> dict[str, str]:
    """Parse the option's labels; an empty text has none. Raises ValueError."""
    try:
        value = json.loads(text or "{}")
    except ValueError:
        value = None
    if not isinstance(value, dict) or not all(isinstance(label, str) for label in value.values()):
        raise ValueError(f'{text!r} is not a JSON object of strings, such as {{"scenario": "plain"}}')
    return value


def environment() -> dict[str, str]:
    """Return this process's variables, with a PYTHONPATH on which the recorder's packages are found."""
    path = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(SEARCH_PATH), path]) if path else str(SEARCH_PATH)}


def fresh_folder() -> Path:
    """Return the default folder of a capture, named by the current second."""
    base = Path(os.environ.get("WIRELORE_CAPTURES") or Path("captures") / "local")
    return base / datetime.now(UTC).strftime("%Y%m%d_%H%M%S")
