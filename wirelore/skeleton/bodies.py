"""Masking of bodies: known structures keep their form, other bodies only their size."""

import re
from collections.abc import Callable
from urllib.parse import unquote_plus

from wirelore.model.exchange import Exchange, Message
from wirelore.skeleton.json_text import masked
from wirelore.skeleton.known_names import KnownNames, Node
from wirelore.skeleton.substitutes import Substitutes

_LINES = ("application/x-jsonl", "application/jsonl", "application/x-ndjson")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_FIELD = re.compile(rb"(data|event|id|retry)(: ?)(.*)", re.DOTALL)
_DISPOSITION = re.compile(rb'( *form-data; *name=")([^"]*)"(; *filename="([^"]*)")?')


class Bodies:
    """A masker of the bodies of exchanges."""

    def __init__(self, known: KnownNames, substitutes: Substitutes) -> None:
        self._known, self._substitutes = known, substitutes

    def request(self, exchange: Exchange) -> bytes:
        """Return the masked request body, of the same length."""
        operation = exchange.operation
        return self._body(exchange.request, lambda member: self._known.request(operation, member))

    def response(self, exchange: Exchange) -> bytes:
        """Return the masked response body, of the same length."""
        response = exchange.response
        if response is None:
            return b""
        if response.is_event_stream:
            return self._stream(response.body.read(), exchange.operation)
        return self._body(response, lambda member: self._known.response(exchange.operation, response.status, member))

    def _body(self, message: Message, nodes: Callable[[str], list[Node]]) -> bytes:
        content, kind = message.body.read(), message.media_type
        if message.body.undecoded:
            return self._substitutes.text(content)
        if kind in _LINES:
            lines = content.split(b"\n")
            return b"\n".join(self._json(line, _items(nodes("lines"))) for line in lines)
        if kind == "application/x-www-form-urlencoded":
            return self._form(content, nodes("fields"))
        if kind == "multipart/form-data":
            return self._multipart(content, message, nodes("fields"))
        return self._json(content, nodes("body"))

    def _json(self, content: bytes, nodes: list[Node]) -> bytes:
        document = masked(content, nodes, self._substitutes) if content.strip() else content
        return self._substitutes.text(content) if document is None else document

    def _stream(self, content: bytes, operation: str) -> bytes:
        """Mask an event stream line by line; field names and the names of known events stay."""
        pieces: list[bytes] = []
        block: list[list[bytes]] = []
        offset = 0
        for line_end in (*_LINE_END.finditer(content), None):
            line = content[offset : line_end.start() if line_end else len(content)]
            block.append([line, line_end.group() if line_end else b""])
            offset = line_end.end() if line_end else offset
            if not line or line_end is None:
                pieces += self._event(block, operation)
                block = []
        return b"".join(pieces)

    def _event(self, block: list[list[bytes]], operation: str) -> list[bytes]:
        fields = [_FIELD.fullmatch(line) for line, _ in block]
        names = [field[3].decode("utf-8", "replace") for field in fields if field and field[1] == b"event"]
        data = [field[3] for field in fields if field and field[1] == b"data"]
        masked_data = self._json(b"\n".join(data), self._known.event(operation, names[-1] if names else "message"))
        parts = iter(_split(masked_data, [len(part) for part in data]))
        pieces: list[bytes] = []
        for (line, end), field in zip(block, fields, strict=True):
            if field is None:
                pieces += [
                    line[:1] + self._substitutes.text(line[1:])
                    if line.startswith(b":")
                    else self._substitutes.text(line),
                    end,
                ]
            elif field[1] == b"data":
                pieces += [field[1], field[2], next(parts), end]
            elif field[1] == b"event" and names and field[3].decode("utf-8", "replace") in self._known.events:
                pieces += [line, end]
            else:
                pieces += [
                    field[1],
                    field[2],
                    field[3] if field[3].isdigit() else self._substitutes.text(field[3]),
                    end,
                ]
        return pieces

    def _form(self, content: bytes, nodes: list[Node]) -> bytes:
        names = _listed(nodes)
        pairs = []
        for pair in content.split(b"&"):
            name, equals, value = pair.partition(b"=")
            masked_name = name if unquote_plus(name.decode("latin-1")) in names else self._substitutes.text(name)
            pairs.append(masked_name + equals + self._substitutes.text(value))
        return b"&".join(pairs)

    def _multipart(self, content: bytes, message: Message, nodes: list[Node]) -> bytes:
        """Mask a multipart body; boundaries and known part names stay."""
        names = _listed(nodes)
        match = re.search(r'boundary="?([^";]+)', message.headers.first("content-type") or "")
        if match is None:
            return self._substitutes.text(content)
        boundary = b"--" + match[1].encode("latin-1", "replace")
        parts = content.split(boundary)
        return boundary.join(
            [parts[0] and self._substitutes.text(parts[0]), *(self._part(part, names) for part in parts[1:])]
        )

    def _part(self, part: bytes, names: set[str]) -> bytes:
        head, gap, body = part.partition(b"\r\n\r\n")
        if not gap:
            return part if re.fullmatch(rb"-{0,2}\s*", part) else self._substitutes.text(part)
        tail = b"\r\n" if body.endswith(b"\r\n") else b""
        lines = [self._part_line(line, names) for line in head.split(b"\r\n")]
        return b"\r\n".join(lines) + gap + self._substitutes.text(body[: len(body) - len(tail)]) + tail

    def _part_line(self, line: bytes, names: set[str]) -> bytes:
        name, colon, value = line.partition(b":")
        if name.strip().lower() != b"content-disposition":
            return name + colon + self._substitutes.text(value) if colon else self._substitutes.text(line)
        match = _DISPOSITION.fullmatch(value)
        if match is None:
            return name + colon + self._substitutes.text(value)
        field = match[2] if match[2].decode("utf-8", "replace") in names else self._substitutes.text(match[2])
        file = match[3][: match[3].index(b'"') + 1] + self._substitutes.text(match[4]) + b'"' if match[3] else b""
        return name + colon + match[1] + field + b'"' + file


def _items(nodes: list[Node]) -> list[Node]:
    return [node["items"] for node in nodes if "items" in node]


def _listed(nodes: list[Node]) -> set[str]:
    return {text for node in _items(nodes) for text in node.get("enum", ())}


def _split(joined: bytes, sizes: list[int]) -> list[bytes]:
    """Split a text that was joined from parts of these sizes with line feeds."""
    parts, offset = [], 0
    for size in sizes:
        parts.append(joined[offset : offset + size])
        offset += size + 1
    return parts
