"""Synthetic captures of several versions of a client."""

from pathlib import Path
from typing import Any

from tests.exchanges import exchange, written_capture
from wirelore.store.writer import Capture

BODY: dict[str, Any] = {"model": "made-1", "max_tokens": 5, "tools": [{"name": "Read"}]}


def recorded(
    folder: Path,
    version: str,
    *,
    scenario: str = "plain",
    repeat: int = 1,
    flags: str = "one-2025-01-01",
    body: Any = None,
    client: str = "agent",
    labelled: bool = True,
    **more: Any,
) -> Capture:
    """Write a capture of a version in a scenario, with one request that has these flags and this body."""
    headers = [
        ("content-type", "application/json"),
        ("user-agent", f"{client}/{version} (x)"),
        ("anthropic-beta", flags),
    ]
    request = exchange(body or BODY, {"type": "message"}, headers=headers, origin="stand-in", **more)
    labels = {"client": client, "version": version, "scenario": scenario, "repeat": str(repeat)}
    name = f"{client}-{version}_{scenario}_{repeat}"
    return written_capture(folder / f"{client}-{version}" / name, request, labels=labels if labelled else None)
