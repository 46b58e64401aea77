"""Bodies in a receipt: their structure where they have one that is known, and otherwise their size."""

import re
from collections.abc import Callable
from urllib.parse import unquote_plus

from wirelore.model.exchange import Exchange, Message
from wirelore.skeleton.json_text import masked
from wirelore.skeleton.known_names import Known, Node
from wirelore.skeleton.substitutes import StandIns

_LINES = ("application/x-jsonl", "application/jsonl", "application/x-ndjson")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_FIELD = re.compile(rb"(data|event|id|retry)(: ?)(.*)", re.DOTALL)
_DISPOSITION = re.compile(rb'( *form-data; *name=")([^"]*)"(; *filename="([^"]*)")?')


class Bodies:
    """Masks the bodies of exchanges."""

    def __init__(self, known: Known, stands: StandIns) -> None:
        self._known, self._stands = known, stands

    def request(self, exchange: Exchange) -> bytes:
        """The request's body, as long as it was."""
        operation = exchange.operation
        return self._body(exchange.request, lambda member: self._known.request(operation, member))

    def response(self, exchange: Exchange) -> bytes:
        """The response's body, as long as it was."""
        response = exchange.response
        if response is None:
            return b""
        if response.is_event_stream:
            return self._stream(response.body.read(), exchange.operation)
        return self._body(response, lambda member: self._known.response(exchange.operation, response.status, member))

    def _body(self, message: Message, nodes: Callable[[str], list[Node]]) -> bytes:
        content, kind = message.body.read(), message.media_type
        if message.body.undecoded:
            return self._stands.text(content)
        if kind in _LINES:
            lines = content.split(b"\n")
            return b"\n".join(self._json(line, _items(nodes("lines"))) for line in lines)
        if kind == "application/x-www-form-urlencoded":
            return self._form(content, nodes("fields"))
        if kind == "multipart/form-data":
            return self._multipart(content, message, nodes("fields"))
        return self._json(content, nodes("body"))

    def _json(self, content: bytes, nodes: list[Node]) -> bytes:
        done = masked(content, nodes, self._stands) if content.strip() else content
        return self._stands.text(content) if done is None else done

    def _stream(self, content: bytes, operation: str) -> bytes:
        """An event stream: its fields, the names of known events, and their data masked; line by line in its place."""
        done: list[bytes] = []
        block: list[list[bytes]] = []
        at = 0
        for found in (*_LINE_END.finditer(content), None):
            line = content[at : found.start() if found else len(content)]
            block.append([line, found.group() if found else b""])
            at = found.end() if found else at
            if not line or found is None:
                done += self._event(block, operation)
                block = []
        return b"".join(done)

    def _event(self, block: list[list[bytes]], operation: str) -> list[bytes]:
        fields = [_FIELD.fullmatch(line) for line, _ in block]
        names = [found[3].decode("utf-8", "replace") for found in fields if found and found[1] == b"event"]
        data = [found[3] for found in fields if found and found[1] == b"data"]
        whole = self._json(b"\n".join(data), self._known.event(operation, names[-1] if names else "message"))
        parts = iter(_cut(whole, [len(one) for one in data]))
        done: list[bytes] = []
        for (line, end), found in zip(block, fields, strict=True):
            if found is None:
                done += [
                    line[:1] + self._stands.text(line[1:]) if line.startswith(b":") else self._stands.text(line),
                    end,
                ]
            elif found[1] == b"data":
                done += [found[1], found[2], next(parts), end]
            elif found[1] == b"event" and names and found[3].decode("utf-8", "replace") in self._known.events:
                done += [line, end]
            else:
                done += [found[1], found[2], found[3] if found[3].isdigit() else self._stands.text(found[3]), end]
        return done

    def _form(self, content: bytes, nodes: list[Node]) -> bytes:
        names = _listed(nodes)
        pairs = []
        for pair in content.split(b"&"):
            name, equals, value = pair.partition(b"=")
            shown = name if unquote_plus(name.decode("latin-1")) in names else self._stands.text(name)
            pairs.append(shown + equals + self._stands.text(value))
        return b"&".join(pairs)

    def _multipart(self, content: bytes, message: Message, nodes: list[Node]) -> bytes:
        """The borders and the known names of the parts; everything else masked."""
        names = _listed(nodes)
        found = re.search(r'boundary="?([^";]+)', message.headers.first("content-type") or "")
        if found is None:
            return self._stands.text(content)
        border = b"--" + found[1].encode("latin-1", "replace")
        parts = content.split(border)
        return border.join([parts[0] and self._stands.text(parts[0]), *(self._part(part, names) for part in parts[1:])])

    def _part(self, part: bytes, names: set[str]) -> bytes:
        head, gap, body = part.partition(b"\r\n\r\n")
        if not gap:
            return part if re.fullmatch(rb"-{0,2}\s*", part) else self._stands.text(part)
        tail = b"\r\n" if body.endswith(b"\r\n") else b""
        lines = [self._part_line(line, names) for line in head.split(b"\r\n")]
        return b"\r\n".join(lines) + gap + self._stands.text(body[: len(body) - len(tail)]) + tail

    def _part_line(self, line: bytes, names: set[str]) -> bytes:
        name, colon, value = line.partition(b":")
        if name.strip().lower() != b"content-disposition":
            return name + colon + self._stands.text(value) if colon else self._stands.text(line)
        found = _DISPOSITION.fullmatch(value)
        if found is None:
            return name + colon + self._stands.text(value)
        field = found[2] if found[2].decode("utf-8", "replace") in names else self._stands.text(found[2])
        file = found[3][: found[3].index(b'"') + 1] + self._stands.text(found[4]) + b'"' if found[3] else b""
        return name + colon + found[1] + field + b'"' + file


def _items(nodes: list[Node]) -> list[Node]:
    return [node["items"] for node in nodes if "items" in node]


def _listed(nodes: list[Node]) -> set[str]:
    return {text for node in _items(nodes) for text in node.get("enum", ())}


def _cut(whole: bytes, sizes: list[int]) -> list[bytes]:
    """The parts that a text was joined of, by line ends."""
    parts, at = [], 0
    for size in sizes:
        parts.append(whole[at : at + size])
        at += size + 1
    return parts
