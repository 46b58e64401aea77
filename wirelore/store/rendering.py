"""Formats exchange.json for human readers, and times as ISO 8601."""

import re
from datetime import UTC, datetime
from typing import Any

from wirelore.model import codec

_LATEST = 253_402_300_799_999_999
"""The last microsecond of the year 9999."""


def rendered(document: dict[str, Any]) -> bytes:
    """Return the document as indented JSON, with each chunk and header line on a single line."""
    text = codec.pretty(document).decode()
    text = re.sub(r"\[\s+(\d+),\s+(\d+),\s+(\d+)\s+\]", r"[\1, \2, \3]", text)
    return re.sub(r'\[\s+("(?:[^"\\]|\\.)*"),\s+("(?:[^"\\]|\\.)*")\s+\]', r"[\1, \2]", text).encode()


def iso(us: int | None) -> str | None:
    """Format Unix microseconds as ISO 8601; return None for None."""
    if us is None:
        return None
    moment = datetime.fromtimestamp(us // 1_000_000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{us % 1_000_000:06d}Z"


def clamped_us(us: int) -> int:
    """Clamp Unix microseconds to the years 1970 to 9999."""
    return min(max(0, us), _LATEST)
