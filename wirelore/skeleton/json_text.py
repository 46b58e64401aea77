"""JSON in a receipt: every byte in its place, but no text, name or number that the schemas do not know there.

A name may stand twice in an object; what is known of its value then goes by the last, and whether a text stays by
itself.
"""

import json
import re
from typing import Any

from wirelore.model import codec
from wirelore.skeleton.known_names import Node, fitting, in_map, is_known, is_model, known_form
from wirelore.skeleton.substitutes import StandIns

_SPACE = re.compile(rb"[ \t\r\n]*+")
_STRING = re.compile(rb'"((?:[^"\\]++|\\.)*+)"', re.DOTALL)
_SCALAR = re.compile(rb"-?[0-9][0-9.eE+-]*+|true|false|null")
_FLAT = re.compile(rb'"((?:[^"\\]++|\\.)*+)"|(-?[0-9][0-9.eE+-]*+)|[\[\]{}]|true|false|null', re.DOTALL)


def masked(content: bytes, nodes: list[Node], stands: StandIns) -> bytes | None:
    """The document with stand-ins in it; None if it is no JSON. `nodes` are what is known of it."""
    document = codec.document(content)
    if document.problem is not None:
        return None
    masking = _Masking(content, stands)
    try:
        masking.value(0, document.value, nodes, "")
    except _Strange:
        return None
    return masking.done()


class _Strange(Exception):
    """The bytes are not those of the value: another encoding, or a name that stands twice."""


class _Masking:
    """One document on its way: what was copied, and where in it that ends."""

    def __init__(self, content: bytes, stands: StandIns) -> None:
        self._content, self._stands = content, stands
        self._pieces: list[bytes] = []
        self._copied = 0

    def done(self) -> bytes:
        """The whole document."""
        return b"".join([*self._pieces, self._content[self._copied :]])

    def value(self, at: int, value: Any, nodes: list[Node], name: str) -> int:
        """Masks the value that begins here, and returns where it ends."""
        at = self._past_space(at)
        known, first = fitting(nodes, value), self._content[at : at + 1]
        if known and first == b"{" and isinstance(value, dict):
            return self._object(at + 1, value, known)
        if known and first == b"[" and isinstance(value, list):
            return self._list(at + 1, value, [one["items"] for one in known if "items" in one], name)
        if known and first == b'"':
            return self._string(at, known, name)
        found = _SCALAR.match(self._content, at) if known else None
        return found.end() if found else self._unknown(at)

    def _object(self, at: int, value: dict[str, Any], nodes: list[Node]) -> int:
        while (at := self._past_space(at)) < len(self._content) and self._content[at] != 0x7D:
            at = self._past_space(at + 1) if self._content[at] == 0x2C else at
            found = _STRING.match(self._content, at)
            if found is None:
                raise _Strange
            name = _meant(found[1])
            own = [one["properties"][name] for one in nodes if name in one.get("properties", ())]
            if not own:
                self._put(
                    found.start(1), found.end(1), self._stands.text(name.encode("utf-8", "replace"), len(found[1]))
                )
                own = [] if _is_number(value.get(name)) else in_map(nodes)
            at = self.value(self._past_space(found.end()) + 1, value.get(name), own, name)
        return at + 1

    def _list(self, at: int, values: list[Any], nodes: list[Node], name: str) -> int:
        for value in values:
            at = self._past_space(self.value(at, value, nodes, name))
            at += self._content[at : at + 1] == b","
        at = self._past_space(at)
        if self._content[at : at + 1] != b"]":
            raise _Strange
        return at + 1

    def _string(self, at: int, nodes: list[Node], name: str) -> int:
        found = _STRING.match(self._content, at)
        if found is None:
            raise _Strange
        text = _meant(found[1])
        if not (is_known(nodes, text) or is_model(name, text)):
            form = known_form(nodes, text) if len(found[1]) == len(text) else ""
            if form:
                self._put(*found.span(1), self._stands.formed(text, form).encode())
            else:
                self._put(*found.span(1), self._stands.text(text.encode("utf-8", "replace"), len(found[1])))
        return found.end()

    def _unknown(self, at: int) -> int:
        """A value of which nothing is known: only brackets, switches and sizes stay."""
        depth = 0
        for found in _FLAT.finditer(self._content, at):
            token = found.group()
            if found[1] is not None:
                text = _meant(found[1]).encode("utf-8", "replace")
                self._put(*found.span(1), self._stands.text(text, len(found[1])))
            elif found[2] is not None:
                self._put(*found.span(2), self._stands.number(token))
            depth += (token in b"[{") - (token in b"]}")
            if depth == 0:
                return found.end()
        raise _Strange

    def _put(self, start: int, end: int, made: bytes) -> None:
        self._pieces += [self._content[self._copied : start], made]
        self._copied = end

    def _past_space(self, at: int) -> int:
        found = _SPACE.match(self._content, at)
        return found.end() if found else at


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _meant(raw: bytes) -> str:
    if b"\\" not in raw:
        return raw.decode("utf-8", "replace")
    text: str = json.loads(b'"' + raw + b'"', strict=False)
    return text
