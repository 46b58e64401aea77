"""Any number of exchanges, made from recorded ones by repeating them with other ids and texts."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from benchmarks.inference.documents import events, with_body, with_events
from wirelore.model.exchange import Exchange

_ID = re.compile(r"\b([a-z]{2,12}_)([A-Za-z0-9]{8,})")


def grown(exchanges: Sequence[Exchange], number: int) -> Iterator[Exchange]:
    """Yield `number` exchanges by repeating the recorded ones; the first round is unchanged."""
    for index in range(number):
        turn, place = divmod(index, len(exchanges))
        exchange = exchanges[place]
        yield _varied(exchange, turn) if turn else exchange


def _varied(exchange: Exchange, turn: int) -> Exchange:
    sent = _body(exchange.request.document.value, exchange.request.body.read(), turn)
    varied = with_body(exchange, sent, "request") if sent else exchange
    listed = list(events(exchange))
    if listed:
        return with_events(varied, [(name, _body(_read(data), data, turn)) for name, data in listed])
    if exchange.response is None:
        return varied
    got = _body(exchange.response.document.value, exchange.response.body.read(), turn)
    varied = with_body(varied, got, "response")
    return replace(varied, id=f"{exchange.id}-{turn}")


def _read(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:  # then it is repeated as it is
        return None


def _body(value: Any, content: bytes, turn: int) -> bytes:
    return content if value is None else json.dumps(_other(value, turn), ensure_ascii=False).encode()


def _other(value: Any, turn: int) -> Any:
    if isinstance(value, dict):
        return {name: _other(member, turn) for name, member in value.items()}
    if isinstance(value, list):
        return [_other(element, turn) for element in value]
    if isinstance(value, str):
        changed = _ID.sub(lambda found: f"{found[1]}{found[2][:-4]}{turn:04}", value)
        return f"{changed} {turn}" if " " in value else changed
    return value
