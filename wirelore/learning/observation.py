"""What tells observations apart as evidence: a short hash, so that the same one counts once."""

import json
from typing import Any, NamedTuple

from wirelore.learning.string_forms import short_hash
from wirelore.schema.limits import DEPTH_LIMIT


class Origin(NamedTuple):
    """What an observation was made from; any text that tells it from others."""

    witness: str = ""
    """The exchange: all that one shows counts once. Without it, equal observations do."""
    version: str = ""
    """The client with its version."""


UNTOLD = Origin()


class Observation:
    """The observation that is being taken in, for all places of it."""

    __slots__ = ("_mark", "client", "value", "version")

    def __init__(self) -> None:
        self.begin(None, "")

    def begin(self, value: Any, client: str, origin: Origin = UNTOLD) -> None:
        """The next observation's turn: whose it is, and what it was made from."""
        self.value, self._mark, self.client, self.version = value, origin.witness, client, origin.version

    @property
    def mark(self) -> str:
        """Eight hex digits that equal observations share; made only when somebody asks."""
        if not self._mark:
            self._mark = short_hash(_text(self.value))
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
