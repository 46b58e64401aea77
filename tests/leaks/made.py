"""Exchanges of the campaign: ordinary ones but for the plants, and the bodies that say what plants say."""

import itertools
import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.leaks.planting import Plant, key
from wirelore.model.exchange import End, Exchange, Headers, Request, Response

JSON = ("content-type", "application/json")
TEXT = ("content-type", "text/plain")
EVENTS = ("content-type", "text/event-stream")


@dataclass
class Made:
    """An exchange to be recorded, with its bodies as they go over the wire."""

    request: Request
    response: Response
    sent: bytes = b""
    got: bytes = b""
    end: End = field(default_factory=End)
    connection: Mapping[str, Any] = field(default_factory=dict)
    notes: Mapping[str, Any] = field(default_factory=dict)
    trailers: Headers = field(default_factory=Headers)

    @property
    def exchange(self) -> Exchange:
        """The exchange without its bodies."""
        return Exchange(
            "", 0, 1_700_000_000_000_000, self.request, self.response, self.end, "", connection=self.connection
        )


def made(
    *,
    target: str = "/v1/messages",
    sent: bytes = b"",
    got: bytes = b"{}",
    headers: Iterable[tuple[str, str]] = (JSON,),
    answered: Iterable[tuple[str, str]] = (JSON,),
    method: str = "POST",
    **more: Any,
) -> Made:
    """An ordinary exchange, but for what is given."""
    host = more.pop("host", "plain.test")
    reason = more.pop("reason", "OK")
    request = Request(
        Headers((("Host", "plain.test"), *headers)), method=method, scheme="http", host=host, port=80, target=target
    )
    return Made(request, Response(Headers(tuple(answered)), reason=reason), sent, got, **more)


def cut(body: bytes, chance: random.Random) -> list[tuple[int, bytes]]:
    """A body in chunks, cut anywhere."""
    few = chance.random() < 0.5
    bounds = sorted({0, len(body), *(chance.randrange(len(body) + 1) for _ in range(3 if few else len(body) // 12))})
    return [(us, body[a:b]) for us, (a, b) in enumerate(itertools.pairwise(bounds), 1)] if body else []


def string(plant: Plant) -> str:
    """The plant as a JSON string."""
    return f'"{plant.text}"' if plant.raw else json.dumps(plant.text)


def document(plants: Iterable[Plant], chance: random.Random) -> str:
    """A JSON document that has the plants' texts at any depth."""
    members: list[str] = []
    for plant in plants:
        inner = string(plant)
        for _ in range(chance.randrange(4)):
            inner = (
                f"[{chance.randrange(9)}, {inner}]"
                if chance.random() < 0.3
                else f"{{{json.dumps(key(chance))}: {inner}}}"
            )
        members.append(f'"{key(chance)}{len(members)}":{" " * chance.randrange(2)}{inner}')
    return "{" + ", ".join(members) + "}"


def member(plant: Plant, chance: random.Random) -> str:
    """The secret alone as the value of a member: of one that tells it, or of any."""
    name = chance.choice(plant.kind.members) if plant.kind.members else key(chance)
    return json.dumps({name: plant.kind.text(plant.secret)})[1:-1]


def events(plants: Sequence[Plant], chance: random.Random, kind: str, name: str) -> bytes:
    """A stream that says each text bit by bit, as an event-stream does; the texts of several blocks interleaved."""
    blocks = []
    for index, plant in enumerate(plants):
        text, pieces = plant.text, []
        while text:
            size = chance.randrange(1, 8)
            pieces.append(text[:size])
            text = text[size:]
        blocks.append([(index, piece) for piece in pieces])
    lines = [b'event: message_start\ndata: {"type":"message_start"}\n\n']
    together = chance.random() < 0.3
    while any(blocks):
        block = (
            chance.choice([block for block in blocks if block])
            if together
            else next(block for block in blocks if block)
        )
        index, piece = block.pop(0)
        delta = {"type": "content_block_delta", "index": index, "delta": {"type": kind, name: piece}}
        lines.append(
            b"event: content_block_delta\ndata: " + json.dumps(delta, ensure_ascii=index % 2 == 0).encode() + b"\n\n"
        )
    return b"".join(lines) + b'event: message_stop\ndata: {"type":"message_stop"}\n\n'
