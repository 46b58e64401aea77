"""Foreign recordings: exchanges with plants, as files of every format that can be imported."""

import base64
import contextlib
import json
import random
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import yaml
from mitmproxy.http import Headers as Fields
from mitmproxy.io import FlowWriter
from mitmproxy.test import tflow, tutils

from tests.leaks.campaign import built, plants
from tests.leaks.exchanges import PlantedExchange
from tests.leaks.places import PLACES, Place
from tests.leaks.planting import Plant

_NAMES = (
    "header of a request",
    "header of a response",
    "path",
    "query",
    "form",
    "JSON of a request",
    "JSON of a response",
    "member of JSON",
    "multipart",
    "telemetry",
    "data of an event",
    "text deltas",
    "JSON deltas",
    "plain text",
    "compressed body",
    "UTF-16",
)
IN_FILES = tuple(place for place in PLACES if place.name in _NAMES)
"""The places that every format has."""
_IN_HAR = tuple(place for place in PLACES if place.name in ("WebSocket", "reason", "message of the end"))
_EVENTS = tuple(place for place in PLACES if place.name in ("data of an event", "text deltas", "JSON deltas"))
_DOCUMENTS = tuple(place for place in PLACES if place.name in ("JSON of a response", "member of JSON"))


def _pairs(lines: Any) -> list[dict[str, str]]:
    return [{"name": name, "value": value.encode("latin-1").decode()} for name, value in lines]


def _url(exchange: PlantedExchange) -> str:
    return f"https://api.test{exchange.request.target}"


def har(exchanges: Sequence[PlantedExchange]) -> bytes:
    """Return a HAR 1.2 archive."""
    entries = []
    for exchange in exchanges:
        content = {"encoding": "base64", "text": base64.b64encode(exchange.response_body).decode()}
        with contextlib.suppress(UnicodeDecodeError):  # then it must be base64
            content = {"text": exchange.response_body.decode()}
        request: dict[str, Any] = {
            "method": exchange.request.method,
            "url": _url(exchange),
            "headers": _pairs(exchange.request.headers),
        }
        sent = {"mimeType": "", "text": base64.b64encode(exchange.request_body).decode(), "encoding": "base64"}
        if exchange.request_body:
            request["postData"] = sent
        response = {
            "status": 200,
            "statusText": exchange.response.reason.encode("latin-1").decode(),
            "headers": _pairs(exchange.response.headers),
            "content": content,
        }
        entry = {"startedDateTime": "2025-01-01T00:00:00Z", "time": 5, "request": request, "response": response}
        messages = [
            {"type": "send", "data": message["data"]}
            for message in exchange.notes.get("websocket", {}).get("messages", ())
        ]
        entries.append({**entry, "_webSocketMessages": messages, "_error": exchange.end.message})
    return json.dumps({"log": {"version": "1.2", "entries": entries}}).encode()


def _vcr(exchanges: Sequence[PlantedExchange]) -> dict[str, Any]:
    def headers(lines: Any) -> dict[str, list[str]]:
        values: dict[str, list[str]] = {}
        for name, value in lines:
            values.setdefault(name, []).append(value.encode("latin-1").decode())
        return values

    return {
        "version": 1,
        "interactions": [
            {
                "request": {
                    "method": "POST",
                    "uri": _url(exchange),
                    "headers": headers(exchange.request.headers),
                    "body": _text(exchange.request_body),
                },
                "response": {
                    "status": {"code": 200, "message": "OK"},
                    "headers": headers(exchange.response.headers),
                    "body": {"string": _text(exchange.response_body)},
                },
            }
            for exchange in exchanges
        ],
    }


def _text(body: bytes) -> str | bytes:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body


def vcr_yaml(exchanges: Sequence[PlantedExchange]) -> bytes:
    """Return a cassette in YAML."""
    return yaml.safe_dump(_vcr(exchanges), allow_unicode=True, encoding="utf-8")


def vcr_json(exchanges: Sequence[PlantedExchange]) -> bytes:
    """Return a cassette in JSON with the exchanges whose bodies are text."""
    return json.dumps(
        _vcr(
            [
                exchange
                for exchange in exchanges
                if isinstance(_text(exchange.request_body), str) and isinstance(_text(exchange.response_body), str)
            ]
        )
    ).encode()


def claude_trace(exchanges: Sequence[PlantedExchange]) -> bytes:
    """Return a log of pairs."""
    lines = []
    for exchange in exchanges:
        request = {
            "timestamp": 1.0,
            "method": "POST",
            "url": _url(exchange),
            "headers": dict(exchange.request.headers),
            "body_raw": exchange.request_body.decode("latin-1"),
        }
        response = {
            "timestamp": 2.0,
            "status_code": 200,
            "headers": dict(exchange.response.headers),
            "body_raw": exchange.response_body.decode("utf-8", "replace"),
        }
        lines.append(json.dumps({"request": request, "response": response, "logged_at": "2025-01-01T00:00:00Z"}))
    return "\n".join(lines).encode()


def flows(exchanges: Sequence[PlantedExchange]) -> bytes:
    """Return a file as mitmdump -w writes it."""
    stream = BytesIO()
    writer = FlowWriter(stream)  # type: ignore[no-untyped-call]  # mitmproxy leaves its writer without types
    for exchange in exchanges:
        request = tutils.treq(
            method=b"POST",
            path=exchange.request.target.encode(),
            headers=_fields(exchange.request.headers),
            content=exchange.request_body,
        )
        response = tutils.tresp(headers=_fields(exchange.response.headers), content=exchange.response_body)
        writer.add(tflow.tflow(req=request, resp=response))
    return stream.getvalue()


def _fields(lines: Any) -> Fields:
    return Fields([(name.encode("latin-1"), value.encode("latin-1")) for name, value in lines])


FORMATS: dict[str, tuple[str, Sequence[Place], Callable[[Sequence[PlantedExchange]], bytes]]] = {
    "har": (".har", (*IN_FILES, *_IN_HAR), har),
    "vcr": (".yaml", IN_FILES, vcr_yaml),
    "vcr in JSON": (
        ".json",
        [place for place in IN_FILES if place.name not in ("compressed body", "UTF-16")],
        vcr_json,
    ),
    "claude-trace": (
        ".jsonl",
        [place for place in IN_FILES if place.name not in ("compressed body", "UTF-16")],
        claude_trace,
    ),
    "mitmproxy": (".flows", IN_FILES, flows),
    "sse": (".sse", _EVENTS, lambda exchanges: exchanges[0].response_body),
    "json": (".json", _DOCUMENTS, lambda exchanges: exchanges[0].response_body),
}
"""The file extension, the places and the writer of each format."""


def files(folder: Path, name: str, chance: random.Random, kinds: int) -> Iterator[Plant]:
    """Write files of a format with plants in their content and names, and yield the plants."""
    extension, places, render = FORMATS[name]
    target = folder / name.replace(" ", "-")
    target.mkdir()
    name_place = Place(f"name of a file, {name}", PLACES[0].build, fits=_fits_a_name, encodings=("plain",))
    names = plants(name_place, chance, 1, 0)[:20]
    yield from names
    exchanges: list[PlantedExchange] = []
    for place in places:
        planted = plants(place, chance, 1, min(kinds, len(place.kinds)))
        yield from (_renamed(plant, name) for plant in planted)
        exchanges += built(place, planted, chance)
    single = name in ("sse", "json")
    parts = [[exchange] for exchange in exchanges] if single else [exchanges[at::10] for at in range(10)]
    for number, part in enumerate(parts):
        marker = names[number % len(names)].secret
        (target / f"{number}-{marker}{extension}").write_bytes(render(part))


def _renamed(plant: Plant, name: str) -> Plant:
    return Plant(plant.kind, f"{name}: {plant.place}", plant.encoding, plant.secret, plant.text, plant.raw)


def _fits_a_name(plant: Plant) -> bool:
    return not plant.kind.lead and not plant.kind.members and "/" not in plant.secret
