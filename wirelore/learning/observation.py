"""The identity of observations as evidence: a short hash, so that equal observations count once."""

import json
from typing import Any, NamedTuple

from wirelore.learning.string_forms import short_hash
from wirelore.schema.limits import DEPTH_LIMIT


class Origin(NamedTuple):
    """The source of an observation; any text that identifies it."""

    witness: str = ""
    """The exchange: all of its observations count once. If empty, equal observations count once."""
    version: str = ""
    """The client with its version."""


UNKNOWN_ORIGIN = Origin()


class Observation:
    """The current observation, shared by all its places."""

    __slots__ = ("_mark", "client", "value", "version")

    def __init__(self) -> None:
        self.begin(None, "")

    def begin(self, value: Any, client: str, origin: Origin = UNKNOWN_ORIGIN) -> None:
        """Begin an observation of this client and origin."""
        self.value, self._mark, self.client, self.version = value, origin.witness, client, origin.version

    @property
    def mark(self) -> str:
        """Eight hexadecimal digits, equal for equal observations; computed on first use."""
        if not self._mark:
            self._mark = short_hash(_text(self.value))
        return self._mark


def _text(value: Any) -> str:
    """Return ASCII text that is equal for equal values; for a value that is nested too deeply, only its outline."""
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
