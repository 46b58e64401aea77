"""What tells observations apart: a short hash of all that is in one, so that the same one counts once."""

import json
from hashlib import blake2b
from typing import Any

from schemas._words import DEPTH_LIMIT, SEEN_LIMIT


class Observation:
    """The observation that is being taken in, for all places of it."""

    __slots__ = ("_mark", "_value", "enough")

    def __init__(self, enough: int = SEEN_LIMIT) -> None:
        self.enough = min(enough, SEEN_LIMIT)
        """How many distinct observations make what an object is a rule; at most SEEN_LIMIT."""
        self.begin(None)

    def begin(self, value: Any) -> None:
        """The next observation's turn."""
        self._value, self._mark = value, ""

    @property
    def mark(self) -> str:
        """Eight hex digits that equal observations share; made only when somebody asks."""
        if not self._mark:
            self._mark = blake2b(_text(self._value).encode(), digest_size=4).hexdigest()
        return self._mark


def _text(value: Any) -> str:
    """The same text for equal values, in ASCII; what is nested too deeply to be written counts by its outline."""
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"))
    except RecursionError:
        return json.dumps(_outline(value, DEPTH_LIMIT), sort_keys=True)


def _outline(value: Any, levels: int) -> Any:
    if not levels:
        return type(value).__name__
    if isinstance(value, dict):
        return {name: _outline(member, levels - 1) for name, member in value.items()}
    return [_outline(element, levels - 1) for element in value] if isinstance(value, list) else value
