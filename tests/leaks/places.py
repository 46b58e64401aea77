"""Places: an exchange that has secrets in one kind of place, wherever a client or a server may put them."""

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
from tests.leaks.kinds import Kind
from tests.leaks.made import EVENTS, JSON, TEXT, Made, document, events, made, member, string
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


Build = Callable[[Sequence[Plant], random.Random], Made]


@dataclass(frozen=True)
class Place:
    """A kind of place."""

    name: str
    build: Build
    """Puts plants there."""
    batch: int = 6
    """How many plants one exchange takes."""
    fits: Callable[[Plant], bool] = _not_raw
    """Whether a plant can stand there."""
    headers: bool = False
    """Whether kinds that a header tells belong there."""
    encodings: Sequence[str] = (*WRITTEN, *ESCAPED)
    """In which encodings."""

    @property
    def kinds(self) -> list[Kind]:
        """The kinds that can be told there."""
        return kinds_of_headers() if self.headers else kinds_of_text()


def _headers(plants: Sequence[Plant], chance: random.Random, names: Sequence[str]) -> list[tuple[str, str]]:
    lines = []
    for plant in plants:
        told = plant.kind.headers
        value = plant.kind.text(plant.secret) if told else plant.text
        lines.append((chance.choice(told or names), value.encode().decode("latin-1")))
    return lines


def _request_headers(plants: Sequence[Plant], chance: random.Random) -> Made:
    return made(headers=[JSON, *_headers(plants, chance, ("x-note", "User-Agent", "referer", "x-context"))], sent=b"{}")


def _response_headers(plants: Sequence[Plant], chance: random.Random) -> Made:
    return made(answered=[JSON, *_headers(plants, chance, ("x-note", "location", "link", "x-context"))])


def _header_names(plants: Sequence[Plant], chance: random.Random) -> Made:
    return made(headers=[JSON, *((f"X-{plant.secret}", "1") for plant in plants)])


def _trailers(plants: Sequence[Plant], chance: random.Random) -> Made:
    return made(trailers=Headers(tuple(_headers(plants, chance, ("x-checksum", "x-note")))))


def _path(plants: Sequence[Plant], chance: random.Random) -> Made:
    return made(target="/v1/things/" + "/".join(quote(plant.text, safe="") for plant in plants), method="GET")


def _query(plants: Sequence[Plant], chance: random.Random) -> Made:
    pairs = []
    for plant in plants:
        name = chance.choice(plant.kind.members) if plant.kind.members and plant.encoding == "plain" else key(chance)
        value = plant.kind.text(plant.secret) if plant.encoding == "plain" else plant.text
        pairs.append(f"{name}={quote(value, safe='')}")
    return made(target="/v1/things?" + "&".join(pairs), method="GET")


def _form(plants: Sequence[Plant], chance: random.Random) -> Made:
    target = _query(plants, chance).request.target
    return made(sent=target.partition("?")[2].encode(), headers=[("content-type", "application/x-www-form-urlencoded")])


def _json_request(plants: Sequence[Plant], chance: random.Random) -> Made:
    return made(sent=document(plants, chance).encode())


def _json_response(plants: Sequence[Plant], chance: random.Random) -> Made:
    return made(got=document(plants, chance).encode())


def _members(plants: Sequence[Plant], chance: random.Random) -> Made:
    return made(got=("[" + ",".join("{" + member(plant, chance) + "}" for plant in plants) + "]").encode())


def _names(plants: Sequence[Plant], chance: random.Random) -> Made:
    return made(sent=json.dumps({plant.kind.text(plant.secret): chance.randrange(9) for plant in plants}).encode())


def _multipart(plants: Sequence[Plant], chance: random.Random) -> Made:
    parts = []
    for plant in plants:
        name = chance.choice(plant.kind.members) if plant.kind.members else key(chance)
        value = plant.kind.text(plant.secret) if plant.kind.members else plant.text
        kind = "Content-Type: text/plain\r\n" if chance.random() < 0.5 else ""
        parts.append(f'--bound\r\nContent-Disposition: form-data; name="{name}"\r\n{kind}\r\n{value}\r\n')
    return made(
        sent=("".join(parts) + "--bound--\r\n").encode(),
        headers=[("content-type", "multipart/form-data; boundary=bound")],
    )


def _telemetry(plants: Sequence[Plant], chance: random.Random) -> Made:
    logged = []
    for plant in plants:
        said = json.dumps({"message": plant.text, "level": "info"})
        data = {
            "session": "s",
            "additional_metadata": said if chance.random() < 0.5 else base64.b64encode(said.encode()).decode(),
        }
        logged.append({"event_type": "Internal", "event_data": json.dumps(data) if chance.random() < 0.5 else data})
    return made(target="/api/event_logging/batch", sent=json.dumps({"events": logged}).encode())


def _event_data(plants: Sequence[Plant], chance: random.Random) -> Made:
    blocks = [f'event: note\ndata: {{"type": "note", "text": {string(plant)}}}\n\n' for plant in plants]
    return made(answered=[EVENTS], got="".join(blocks).encode())


def _text_deltas(plants: Sequence[Plant], chance: random.Random) -> Made:
    return made(answered=[EVENTS], got=events(plants, chance, "text_delta", "text"))


def _json_deltas(plants: Sequence[Plant], chance: random.Random) -> Made:
    return made(answered=[EVENTS], got=events(plants, chance, "input_json_delta", "partial_json"))


def _text(plants: Sequence[Plant], chance: random.Random) -> Made:
    return made(answered=[TEXT], got="\n".join(plant.text for plant in plants).encode())


def _utf16(plants: Sequence[Plant], chance: random.Random) -> Made:
    (plant,) = plants
    return made(answered=[("content-type", "text/plain; charset=utf-16")], got=BYTES[plant.encoding](plant.text))


_PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda data: bytes(brotli.compress(data)),
    "zstd": lambda data: zstd.compress(data),
}


def _compressed(plants: Sequence[Plant], chance: random.Random) -> Made:
    encoding = chance.choice(list(_PACKED))
    body = _PACKED[encoding](document(plants, chance).encode())
    named = ("content-encoding", encoding)
    return made(sent=body, headers=[JSON, named]) if chance.random() < 0.5 else made(got=body, answered=[JSON, named])


def _not_compressed(plants: Sequence[Plant], chance: random.Random) -> Made:
    """The header promises an encoding that the body does not have; not brotli, which has no mark to know it by."""
    encoding = chance.choice([name for name in _PACKED if name != "br"])
    return made(got=document(plants, chance).encode(), answered=[JSON, ("content-encoding", encoding)])


def _window(plants: Sequence[Plant], chance: random.Random) -> Made:
    """A body so long that it is redacted in several windows, with a secret where one ends."""
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
    return made(got=body + b'"]')


def _web_socket(plants: Sequence[Plant], chance: random.Random) -> Made:
    messages = [{"us": 1, "direction": "sent", "opcode": 1, "data": plant.text} for plant in plants]
    return made(notes={"websocket": {"sent": len(plants), "received": 0, "messages": messages}})


def _host(plants: Sequence[Plant], chance: random.Random) -> Made:
    return made(
        host=f"{plants[0].secret}.internal.test",
        connection={"sni": f"{plants[0].secret}.test", "server_name": plants[0].secret},
    )


def _reason(plants: Sequence[Plant], chance: random.Random) -> Made:
    return made(reason=plants[0].text.replace("\n", " ").encode().decode("latin-1"))


def _end(plants: Sequence[Plant], chance: random.Random) -> Made:
    return made(end=End("upstream-cut", 9, f"connection to {plants[0].text} failed"))


def _method(plants: Sequence[Plant], chance: random.Random) -> Made:
    return made(method=plants[0].secret)


def _token(plant: Plant) -> bool:
    """Whether the secret is a token as HTTP has it, and tells itself."""
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
"""Apart, as each of its bodies is long."""
