"""A simple reader of event streams, line by line over the whole text (WHATWG HTML 9.2.6)."""

import re
from typing import NamedTuple


class Simple(NamedTuple):
    """An event without offset and time."""

    name: str
    data: bytes
    id: str
    retry: int | None
    complete: bool


def events(stream: bytes) -> list[Simple]:
    """Return the events, with an incomplete last one if the stream ends within a block."""
    *lines, rest = re.split(rb"\r\n|\r|\n", stream.removeprefix(b"\xef\xbb\xbf"))
    found: list[Simple] = []
    last_id, retry = "", None
    name, data, seen = b"", [], False
    for number, line in enumerate([*lines, rest]):
        last = number == len(lines)
        if line and not line.startswith(b":"):
            seen = True
            field, _, value = line.partition(b":")
            value = value[1:] if value[:1] == b" " else value
            if field == b"data":
                data.append(value)
            elif field == b"event":
                name = value
            elif field == b"id" and b"\0" not in value:
                last_id = value.decode("utf-8", "replace")
            elif field == b"retry" and re.fullmatch(rb"0*[0-9]{1,18}", value):
                retry = int(value[-18:])
        if last and (line or seen):
            found.append(Simple(_text(name), b"\n".join(data), last_id, retry, False))
        if not line and not last:
            if data:
                found.append(Simple(_text(name), b"\n".join(data), last_id, retry, True))
            name, data, seen = b"", [], False
    return found


def _text(name: bytes) -> str:
    return name.decode("utf-8", "replace") or "message"
