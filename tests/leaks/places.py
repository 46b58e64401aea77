"""Places: exchanges with secrets in one kind of place, for all places that a client or server can use."""

import base64
import gzip
import json
import random
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

import brotli

from tests.leaks.encodings import BYTES, ESCAPED, WRITTEN
from tests.leaks.exchanges import EVENTS, JSON, TEXT, PlantedExchange, document, events, member, new_exchange, string
from tests.leaks.kinds import Kind
from tests.leaks.planting import Plant, key, kinds_of_headers, kinds_of_text
from wirelore.model.exchange import End, Headers
from wirelore.model.zstd import zstd
from wirelore.redaction.windows import WINDOW


def _not_raw(plant: Plant) -> bool:
    return not plant.raw


def _any(plant: Plant) -> bool:
    return True


def _in_a_part(plant: Plant) -> bool:
    return not plant.raw and (not plant.kind.members or plant.encoding == "plain")


Build = Callable[[Sequence[Plant], random.Random], PlantedExchange]


@dataclass(frozen=True)
class Place:
    """A kind of place."""

    name: str
    build: Build
    """Returns an exchange with the plants in the place."""
    batch: int = 6
    """The number of plants per exchange."""
    fits: Callable[[Plant], bool] = _not_raw
    """Returns True if a plant can be in the place."""
    headers: bool = False
    """True if kinds that header names reveal belong there."""
    encodings: Sequence[str] = (*WRITTEN, *ESCAPED)
    """The encodings for the place."""

    @property
    def kinds(self) -> list[Kind]:
        """The kinds that can be recognised in the place."""
        return kinds_of_headers() if self.headers else kinds_of_text()


def _headers(plants: Sequence[Plant], chance: random.Random, names: Sequence[str]) -> list[tuple[str, str]]:
    lines = []
    for plant in plants:
        revealing_names = plant.kind.headers
        value = plant.kind.text(plant.secret) if revealing_names else plant.text
        lines.append((chance.choice(revealing_names or names), value.encode().decode("latin-1")))
    return lines


def _request_headers(plants: Sequence[Plant], chance: random.Random) -> PlantedExchange:
    return new_exchange(
        headers=[JSON, *_headers(plants, chance, ("x-note", "User-Agent", "referer", "x-context"))], request_body=b"{}"
    )


def _response_headers(plants: Sequence[Plant], chance: random.Random) -> PlantedExchange:
    return new_exchange(response_headers=[JSON, *_headers(plants, chance, ("x-note", "location", "link", "x-context"))])


def _header_names(plants: Sequence[Plant], chance: random.Random) -> PlantedExchange:
    return new_exchange(headers=[JSON, *((f"X-{plant.secret}", "1") for plant in plants)])


def _trailers(plants: Sequence[Plant], chance: random.Random) -> PlantedExchange:
    return new_exchange(trailers=Headers(tuple(_headers(plants, chance, ("x-checksum", "x-note")))))


def _path(plants: Sequence[Plant], chance: random.Random) -> PlantedExchange:
    return new_exchange(target="/v1/things/" + "/".join(quote(plant.text, safe="") for plant in plants), method="GET")


def _query(plants: Sequence[Plant], chance: random.Random) -> PlantedExchange:
    pairs = []
    for plant in plants:
        name = chance.choice(plant.kind.members) if plant.kind.members and plant.encoding == "plain" else key(chance)
        value = plant.kind.text(plant.secret) if plant.encoding == "plain" else plant.text
        pairs.append(f"{name}={quote(value, safe='')}")
    return new_exchange(target="/v1/things?" + "&".join(pairs), method="GET")


def _form(plants: Sequence[Plant], chance: random.Random) -> PlantedExchange:
    target = _query(plants, chance).request.target
    return new_exchange(
        request_body=target.partition("?")[2].encode(), headers=[("content-type", "application/x-www-form-urlencoded")]
    )


def _json_request(plants: Sequence[Plant], chance: random.Random) -> PlantedExchange:
    return new_exchange(request_body=document(plants, chance).encode())


def _json_response(plants: Sequence[Plant], chance: random.Random) -> PlantedExchange:
    return new_exchange(response_body=document(plants, chance).encode())


def _members(plants: Sequence[Plant], chance: random.Random) -> PlantedExchange:
    return new_exchange(
        response_body=("[" + ",".join("{" + member(plant, chance) + "}" for plant in plants) + "]").encode()
    )


def _names(plants: Sequence[Plant], chance: random.Random) -> PlantedExchange:
    return new_exchange(
        request_body=json.dumps({plant.kind.text(plant.secret): chance.randrange(9) for plant in plants}).encode()
    )


def _multipart(plants: Sequence[Plant], chance: random.Random) -> PlantedExchange:
    parts = []
    for plant in plants:
        name = chance.choice(plant.kind.members) if plant.kind.members else key(chance)
        value = plant.kind.text(plant.secret) if plant.kind.members else plant.text
        kind = "Content-Type: text/plain\r\n" if chance.random() < 0.5 else ""
        parts.append(f'--bound\r\nContent-Disposition: form-data; name="{name}"\r\n{kind}\r\n{value}\r\n')
    return new_exchange(
        request_body=("".join(parts) + "--bound--\r\n").encode(),
        headers=[("content-type", "multipart/form-data; boundary=bound")],
    )


def _telemetry(plants: Sequence[Plant], chance: random.Random) -> PlantedExchange:
    events_ = []
    for plant in plants:
        message = json.dumps({"message": plant.text, "level": "info"})
        data = {
            "session": "s",
            "additional_metadata": message if chance.random() < 0.5 else base64.b64encode(message.encode()).decode(),
        }
        events_.append({"event_type": "Internal", "event_data": json.dumps(data) if chance.random() < 0.5 else data})
    return new_exchange(target="/api/event_logging/batch", request_body=json.dumps({"events": events_}).encode())


def _event_data(plants: Sequence[Plant], chance: random.Random) -> PlantedExchange:
    blocks = [f'event: note\ndata: {{"type": "note", "text": {string(plant)}}}\n\n' for plant in plants]
    return new_exchange(response_headers=[EVENTS], response_body="".join(blocks).encode())


def _text_deltas(plants: Sequence[Plant], chance: random.Random) -> PlantedExchange:
    return new_exchange(response_headers=[EVENTS], response_body=events(plants, chance, "text_delta", "text"))


def _json_deltas(plants: Sequence[Plant], chance: random.Random) -> PlantedExchange:
    return new_exchange(
        response_headers=[EVENTS], response_body=events(plants, chance, "input_json_delta", "partial_json")
    )


def _text(plants: Sequence[Plant], chance: random.Random) -> PlantedExchange:
    return new_exchange(response_headers=[TEXT], response_body="\n".join(plant.text for plant in plants).encode())


def _utf16(plants: Sequence[Plant], chance: random.Random) -> PlantedExchange:
    (plant,) = plants
    return new_exchange(
        response_headers=[("content-type", "text/plain; charset=utf-16")],
        response_body=BYTES[plant.encoding](plant.text),
    )


_ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda data: bytes(brotli.compress(data)),
    "zstd": lambda data: zstd.compress(data),
}


def _compressed(plants: Sequence[Plant], chance: random.Random) -> PlantedExchange:
    encoding = chance.choice(list(_ENCODERS))
    body = _ENCODERS[encoding](document(plants, chance).encode())
    encoding_header = ("content-encoding", encoding)
    return (
        new_exchange(request_body=body, headers=[JSON, encoding_header])
        if chance.random() < 0.5
        else new_exchange(response_body=body, response_headers=[JSON, encoding_header])
    )


def _not_compressed(plants: Sequence[Plant], chance: random.Random) -> PlantedExchange:
    """Return an exchange whose header names an encoding that the body lacks. Not brotli, which has no magic bytes."""
    encoding = chance.choice([name for name in _ENCODERS if name != "br"])
    return new_exchange(
        response_body=document(plants, chance).encode(), response_headers=[JSON, ("content-encoding", encoding)]
    )


def _window(plants: Sequence[Plant], chance: random.Random) -> PlantedExchange:
    """Return an exchange with a body of several windows, and a secret at the end of one."""
    before = WINDOW - chance.randrange(len(plants[0].text) + 40)
    body = (
        b'["'
        + b"word " * (before // 5)
        + b"w" * (before % 5)
        + b'",'
        + string(plants[0]).encode()
        + b',"'
        + b"end " * 20_000
    )
    return new_exchange(response_body=body + b'"]')


def _web_socket(plants: Sequence[Plant], chance: random.Random) -> PlantedExchange:
    messages = [{"us": 1, "direction": "sent", "opcode": 1, "data": plant.text} for plant in plants]
    return new_exchange(notes={"websocket": {"sent": len(plants), "received": 0, "messages": messages}})


def _host(plants: Sequence[Plant], chance: random.Random) -> PlantedExchange:
    return new_exchange(
        host=f"{plants[0].secret}.internal.test",
        connection={"sni": f"{plants[0].secret}.test", "server_name": plants[0].secret},
    )


def _reason(plants: Sequence[Plant], chance: random.Random) -> PlantedExchange:
    return new_exchange(reason=plants[0].text.replace("\n", " ").encode().decode("latin-1"))


def _end(plants: Sequence[Plant], chance: random.Random) -> PlantedExchange:
    return new_exchange(end=End("upstream-cut", 9, f"connection to {plants[0].text} failed"))


def _method(plants: Sequence[Plant], chance: random.Random) -> PlantedExchange:
    return new_exchange(method=plants[0].secret)


def _token(plant: Plant) -> bool:
    """Return True if the secret is an HTTP token and recognised by its own form."""
    return not plant.kind.lead and not plant.kind.members and plant.secret.replace("-", "").replace("_", "").isalnum()


def _one_line(plant: Plant) -> bool:
    return not plant.raw and "\n" not in plant.text and "\t" not in plant.text


HOST = Place("host", _host, batch=1, fits=_token, encodings=("plain",))
PLACES = (
    Place("header of a request", _request_headers, headers=True, fits=_one_line),
    Place("header of a response", _response_headers, headers=True, fits=_one_line),
    Place("name of a header", _header_names, fits=_token, encodings=("plain",)),
    Place("trailer", _trailers, headers=True, fits=_one_line),
    Place("path", _path, batch=3),
    Place("query", _query),
    Place("form", _form),
    Place("JSON of a request", _json_request, fits=_any),
    Place("JSON of a response", _json_response, fits=_any),
    Place("member of JSON", _members, encodings=("plain",)),
    Place("name of a member", _names, encodings=("plain",), fits=lambda plant: not plant.kind.members),
    Place("multipart", _multipart, fits=_in_a_part),
    Place("telemetry", _telemetry),
    Place("data of an event", _event_data, fits=_any),
    Place("text deltas", _text_deltas, batch=3),
    Place("JSON deltas", _json_deltas, batch=3),
    Place("plain text", _text, fits=_any),
    Place("compressed body", _compressed, fits=_any),
    Place("body that is not compressed as it says", _not_compressed, fits=_any),
    Place("UTF-16", _utf16, batch=1, encodings=tuple(BYTES)),
    Place("WebSocket", _web_socket),
    HOST,
    Place("reason", _reason, batch=1, fits=_one_line),
    Place("message of the end", _end, batch=1),
    Place("method", _method, batch=1, fits=_token, encodings=("plain",)),
)
WINDOWS = Place("end of a window", _window, batch=1, fits=_any)
"""Separate from PLACES because each body is long."""
