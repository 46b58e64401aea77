"""Assembly of a stream's events into one message, according to `schemas/stream-assembly.json`."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from wirelore.model import codec, sse
from wirelore.model.packaged import SCHEMAS

_TABLE = SCHEMAS / "stream-assembly.json"


def assembled(events: Iterable[sse.Event]) -> dict[str, Any] | None:
    """Return the message that the events add up to so far, or None if no event starts a message.

    A member that arrives as pieces of JSON keeps its initial value until the JSON is complete.
    """
    message = _Message(_table())
    for event in events:
        value = event.document.value
        if event.complete and isinstance(value, dict):
            message.add(event.name, value)
    return message.result()


class _Message:
    """A message being assembled."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._table = table
        self._message: dict[str, Any] | None = None
        self._blocks: dict[int, dict[str, Any]] = {}
        self._pieces: dict[tuple[int, str, str], list[Any]] = {}

    def add(self, name: str, value: dict[str, Any]) -> None:
        """Add one event; events that the table does not name are ignored."""
        table = self._table
        if name == table["start"]["event"]:
            started = value.get(table["start"]["member"])
            self._message = dict(started) if isinstance(started, dict) else None
        elif self._message is None:
            return
        elif name == table["block"]["event"]:
            block, index = value.get(table["block"]["member"]), value.get(table["block"]["index"])
            if isinstance(block, dict) and isinstance(index, int):
                self._blocks[index] = dict(block)
        elif name == table["delta"]["event"]:
            self._delta(value.get(table["delta"]["index"]), value.get(table["delta"]["member"]))
        elif name == table["merge"]["event"]:
            self._merge(self._message, value)

    def result(self) -> dict[str, Any] | None:
        """Return the message with its blocks in the order of their index."""
        if self._message is None:
            return None
        for (index, field, mode), pieces in self._pieces.items():
            block = self._blocks[index]
            if mode == "listing":
                block[field] = [*(block.get(field) or []), *pieces]
            elif mode == "parsing":
                document = codec.document("".join(map(str, pieces)).encode())
                if document.problem is None:
                    block[field] = document.value
            else:
                block[field] = f"{block.get(field) or ''}{''.join(map(str, pieces))}"
        self._pieces.clear()
        return {**self._message, self._table["block"]["list"]: [block for _, block in sorted(self._blocks.items())]}

    def _delta(self, index: Any, delta: Any) -> None:
        block = self._blocks.get(index) if isinstance(index, int) else None
        if block is None or not isinstance(delta, dict):
            return
        rule = self._table["delta"]["types"].get(delta.get(self._table["delta"]["type"]))
        if rule is None or rule["from"] not in delta:
            return
        self._pieces.setdefault((index, rule["to"], rule["by"]), []).append(delta[rule["from"]])

    def _merge(self, message: dict[str, Any], value: dict[str, Any]) -> None:
        for member, target in self._table["merge"]["members"].items():
            update = value.get(member)
            if not isinstance(update, dict):
                continue
            if target is None:
                message.update(update)
            else:
                message[target] = {**(message.get(target) or {}), **update}


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = codec.loads(_TABLE.read_bytes())
    return table
