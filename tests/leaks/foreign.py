"""Foreign recordings: exchanges with plants as files of every format that can be imported."""

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
from tests.leaks.made import Made
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
"""What every format can hold."""
_IN_HAR = tuple(place for place in PLACES if place.name in ("WebSocket", "reason", "message of the end"))
_EVENTS = tuple(place for place in PLACES if place.name in ("data of an event", "text deltas", "JSON deltas"))
_DOCUMENTS = tuple(place for place in PLACES if place.name in ("JSON of a response", "member of JSON"))


def _pairs(lines: Any) -> list[dict[str, str]]:
    return [{"name": name, "value": value.encode("latin-1").decode()} for name, value in lines]


def _url(made: Made) -> str:
    return f"https://api.test{made.request.target}"


def har(exchanges: Sequence[Made]) -> bytes:
    """A HAR 1.2 archive."""
    entries = []
    for made in exchanges:
        content = {"encoding": "base64", "text": base64.b64encode(made.got).decode()}
        with contextlib.suppress(UnicodeDecodeError):  # then only base64 can hold it
            content = {"text": made.got.decode()}
        request: dict[str, Any] = {
            "method": made.request.method,
            "url": _url(made),
            "headers": _pairs(made.request.headers),
        }
        sent = {"mimeType": "", "text": base64.b64encode(made.sent).decode(), "encoding": "base64"}
        if made.sent:
            request["postData"] = sent
        response = {
            "status": 200,
            "statusText": made.response.reason.encode("latin-1").decode(),
            "headers": _pairs(made.response.headers),
            "content": content,
        }
        entry = {"startedDateTime": "2025-01-01T00:00:00Z", "time": 5, "request": request, "response": response}
        messages = [
            {"type": "send", "data": one["data"]} for one in made.notes.get("websocket", {}).get("messages", ())
        ]
        entries.append({**entry, "_webSocketMessages": messages, "_error": made.end.message})
    return json.dumps({"log": {"version": "1.2", "entries": entries}}).encode()


def _vcr(exchanges: Sequence[Made]) -> dict[str, Any]:
    def headers(lines: Any) -> dict[str, list[str]]:
        listed: dict[str, list[str]] = {}
        for name, value in lines:
            listed.setdefault(name, []).append(value.encode("latin-1").decode())
        return listed

    return {
        "version": 1,
        "interactions": [
            {
                "request": {
                    "method": "POST",
                    "uri": _url(made),
                    "headers": headers(made.request.headers),
                    "body": _text(made.sent),
                },
                "response": {
                    "status": {"code": 200, "message": "OK"},
                    "headers": headers(made.response.headers),
                    "body": {"string": _text(made.got)},
                },
            }
            for made in exchanges
        ],
    }


def _text(body: bytes) -> str | bytes:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body


def vcr_yaml(exchanges: Sequence[Made]) -> bytes:
    """A cassette in YAML."""
    return yaml.safe_dump(_vcr(exchanges), allow_unicode=True, encoding="utf-8")


def vcr_json(exchanges: Sequence[Made]) -> bytes:
    """A cassette in JSON, of bodies that are text."""
    return json.dumps(
        _vcr([made for made in exchanges if isinstance(_text(made.sent), str) and isinstance(_text(made.got), str)])
    ).encode()


def claude_trace(exchanges: Sequence[Made]) -> bytes:
    """A log of pairs."""
    lines = []
    for made in exchanges:
        request = {
            "timestamp": 1.0,
            "method": "POST",
            "url": _url(made),
            "headers": dict(made.request.headers),
            "body_raw": made.sent.decode("latin-1"),
        }
        response = {
            "timestamp": 2.0,
            "status_code": 200,
            "headers": dict(made.response.headers),
            "body_raw": made.got.decode("utf-8", "replace"),
        }
        lines.append(json.dumps({"request": request, "response": response, "logged_at": "2025-01-01T00:00:00Z"}))
    return "\n".join(lines).encode()


def flows(exchanges: Sequence[Made]) -> bytes:
    """What mitmdump -w writes."""
    stream = BytesIO()
    writer = FlowWriter(stream)  # type: ignore[no-untyped-call]  # mitmproxy leaves its writer without types
    for made in exchanges:
        request = tutils.treq(
            method=b"POST", path=made.request.target.encode(), headers=_fields(made.request.headers), content=made.sent
        )
        response = tutils.tresp(headers=_fields(made.response.headers), content=made.got)
        writer.add(tflow.tflow(req=request, resp=response))
    return stream.getvalue()


def _fields(lines: Any) -> Fields:
    return Fields([(name.encode("latin-1"), value.encode("latin-1")) for name, value in lines])


FORMATS: dict[str, tuple[str, Sequence[Place], Callable[[Sequence[Made]], bytes]]] = {
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
    "sse": (".sse", _EVENTS, lambda exchanges: exchanges[0].got),
    "json": (".json", _DOCUMENTS, lambda exchanges: exchanges[0].got),
}
"""Of each format the ending of its files, the places it has, and what writes it."""


def files(folder: Path, name: str, chance: random.Random, kinds: int) -> Iterator[Plant]:
    """Writes files of a format with plants in them, and in their names, and gives the plants."""
    ending, places, written = FORMATS[name]
    target = folder / name.replace(" ", "-")
    target.mkdir()
    named = Place(f"name of a file, {name}", PLACES[0].build, fits=_fits_a_name, encodings=("plain",))
    names = plants(named, chance, 1, 0)[:20]
    yield from names
    exchanges: list[Made] = []
    for place in places:
        given = plants(place, chance, 1, min(kinds, len(place.kinds)))
        yield from (_renamed(plant, name) for plant in given)
        exchanges += built(place, given, chance)
    single = name in ("sse", "json")
    parts = [[made] for made in exchanges] if single else [exchanges[at::10] for at in range(10)]
    for number, part in enumerate(parts):
        marked = names[number % len(names)].secret
        (target / f"{number}-{marked}{ending}").write_bytes(written(part))


def _renamed(plant: Plant, name: str) -> Plant:
    return Plant(plant.kind, f"{name}: {plant.place}", plant.encoding, plant.secret, plant.text, plant.raw)


def _fits_a_name(plant: Plant) -> bool:
    return not plant.kind.lead and not plant.kind.members and "/" not in plant.secret
