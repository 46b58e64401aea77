"""Rendering: an exchange.json as text that a person can read, and moments as the format writes them."""

import re
from datetime import UTC, datetime
from typing import Any

from wirelore.model import codec

_LATEST = 253_402_300_799_999_999
"""The last microsecond of the year 9999."""


def rendered(document: dict[str, Any]) -> bytes:
    """The document indented, but each chunk and header line on one line."""
    text = codec.pretty(document).decode()
    text = re.sub(r"\[\s+(\d+),\s+(\d+),\s+(\d+)\s+\]", r"[\1, \2, \3]", text)
    return re.sub(r'\[\s+("(?:[^"\\]|\\.)*"),\s+("(?:[^"\\]|\\.)*")\s+\]', r"[\1, \2]", text).encode()


def iso(us: int | None) -> str | None:
    """Unix microseconds as text, None for None."""
    if us is None:
        return None
    moment = datetime.fromtimestamp(us // 1_000_000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{us % 1_000_000:06d}Z"


def possible(us: int) -> int:
    """Unix microseconds that a calendar has, whatever a clock said: from 1970 to 9999."""
    return min(max(0, us), _LATEST)
