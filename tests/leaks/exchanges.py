"""Exchanges of the campaign, ordinary except for the plants, and bodies that contain plants."""

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
class PlantedExchange:
    """An exchange to be recorded, with its bodies as on the wire."""

    request: Request
    response: Response
    request_body: bytes = b""
    response_body: bytes = b""
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


def new_exchange(
    *,
    target: str = "/v1/messages",
    request_body: bytes = b"",
    response_body: bytes = b"{}",
    headers: Iterable[tuple[str, str]] = (JSON,),
    response_headers: Iterable[tuple[str, str]] = (JSON,),
    method: str = "POST",
    **options: Any,
) -> PlantedExchange:
    """Return an ordinary exchange with the given parts."""
    host = options.pop("host", "plain.test")
    reason = options.pop("reason", "OK")
    request = Request(
        Headers((("Host", "plain.test"), *headers)), method=method, scheme="http", host=host, port=80, target=target
    )
    return PlantedExchange(
        request, Response(Headers(tuple(response_headers)), reason=reason), request_body, response_body, **options
    )


def cut(body: bytes, chance: random.Random) -> list[tuple[int, bytes]]:
    """Split a body into chunks at random places."""
    is_coarse = chance.random() < 0.5
    bounds = sorted(
        {0, len(body), *(chance.randrange(len(body) + 1) for _ in range(3 if is_coarse else len(body) // 12))}
    )
    return [(us, body[a:b]) for us, (a, b) in enumerate(itertools.pairwise(bounds), 1)] if body else []


def string(plant: Plant) -> str:
    """Return the plant as a JSON string."""
    return f'"{plant.text}"' if plant.raw else json.dumps(plant.text)


def document(plants: Iterable[Plant], chance: random.Random) -> str:
    """Return a JSON document with the plants' texts at random depths."""
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
    """Return the secret alone as the value of a member, which reveals it if its kind has such names."""
    name = chance.choice(plant.kind.members) if plant.kind.members else key(chance)
    return json.dumps({name: plant.kind.text(plant.secret)})[1:-1]


def events(plants: Sequence[Plant], chance: random.Random, kind: str, name: str) -> bytes:
    """Return a stream with each text in pieces; the texts of several blocks may be interleaved."""
    blocks = []
    for index, plant in enumerate(plants):
        text, pieces = plant.text, []
        while text:
            size = chance.randrange(1, 8)
            pieces.append(text[:size])
            text = text[size:]
        blocks.append([(index, piece) for piece in pieces])
    lines = [b'event: message_start\ndata: {"type":"message_start"}\n\n']
    interleaved = chance.random() < 0.3
    while any(blocks):
        block = (
            chance.choice([block for block in blocks if block])
            if interleaved
            else next(block for block in blocks if block)
        )
        index, piece = block.pop(0)
        delta = {"type": "content_block_delta", "index": index, "delta": {"type": kind, name: piece}}
        lines.append(
            b"event: content_block_delta\ndata: " + json.dumps(delta, ensure_ascii=index % 2 == 0).encode() + b"\n\n"
        )
    return b"".join(lines) + b'event: message_stop\ndata: {"type":"message_stop"}\n\n'
