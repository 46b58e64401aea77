"""Masking of JSON texts: the layout stays, and texts, names and numbers that the schemas do not know are replaced.

An object may have duplicate names. The last value determines the schema of all their values; each text is masked on its
own.
"""

import json
import re
from typing import Any

from wirelore.model import codec
from wirelore.skeleton.known_names import Node, fitting, in_map, is_known, is_model, known_form
from wirelore.skeleton.substitutes import Substitutes

_SPACE = re.compile(rb"[ \t\r\n]*+")
_STRING = re.compile(rb'"((?:[^"\\]++|\\.)*+)"', re.DOTALL)
_SCALAR = re.compile(rb"-?[0-9][0-9.eE+-]*+|true|false|null")
_FLAT = re.compile(rb'"((?:[^"\\]++|\\.)*+)"|(-?[0-9][0-9.eE+-]*+)|[\[\]{}]|true|false|null', re.DOTALL)


def masked(content: bytes, nodes: list[Node], substitutes: Substitutes) -> bytes | None:
    """Return the masked document, or None if it is not JSON. `nodes` are its schemas."""
    document = codec.document(content)
    if document.problem is not None:
        return None
    masking = _Masking(content, substitutes)
    try:
        masking.value(0, document.value, nodes, "")
    except _Mismatch:
        return None
    return masking.result()


class _Mismatch(Exception):
    """The bytes do not match the parsed value, because of another encoding or a duplicate name."""


class _Masking:
    """A document that is being masked: the output so far, and the offset up to which the input was copied."""

    def __init__(self, content: bytes, substitutes: Substitutes) -> None:
        self._content, self._substitutes = content, substitutes
        self._pieces: list[bytes] = []
        self._copied = 0

    def result(self) -> bytes:
        """Return the masked document."""
        return b"".join([*self._pieces, self._content[self._copied :]])

    def value(self, offset: int, value: Any, nodes: list[Node], name: str) -> int:
        """Mask the value that starts at an offset, and return the offset of its end."""
        offset = self._past_space(offset)
        matching, first = fitting(nodes, value), self._content[offset : offset + 1]
        if matching and first == b"{" and isinstance(value, dict):
            return self._object(offset + 1, value, matching)
        if matching and first == b"[" and isinstance(value, list):
            return self._list(offset + 1, value, [node["items"] for node in matching if "items" in node], name)
        if matching and first == b'"':
            return self._string(offset, matching, name)
        scalar = _SCALAR.match(self._content, offset) if matching else None
        return scalar.end() if scalar else self._unknown(offset)

    def _object(self, offset: int, value: dict[str, Any], nodes: list[Node]) -> int:
        while (offset := self._past_space(offset)) < len(self._content) and self._content[offset] != 0x7D:
            offset = self._past_space(offset + 1) if self._content[offset] == 0x2C else offset
            key = _STRING.match(self._content, offset)
            if key is None:
                raise _Mismatch
            name = _parsed(key[1])
            own = [node["properties"][name] for node in nodes if name in node.get("properties", ())]
            if not own:
                self._put(
                    key.start(1), key.end(1), self._substitutes.text(name.encode("utf-8", "replace"), len(key[1]))
                )
                own = [] if _is_number(value.get(name)) else in_map(nodes)
            offset = self.value(self._past_space(key.end()) + 1, value.get(name), own, name)
        return offset + 1

    def _list(self, offset: int, values: list[Any], nodes: list[Node], name: str) -> int:
        for value in values:
            offset = self._past_space(self.value(offset, value, nodes, name))
            offset += self._content[offset : offset + 1] == b","
        offset = self._past_space(offset)
        if self._content[offset : offset + 1] != b"]":
            raise _Mismatch
        return offset + 1

    def _string(self, offset: int, nodes: list[Node], name: str) -> int:
        match = _STRING.match(self._content, offset)
        if match is None:
            raise _Mismatch
        text = _parsed(match[1])
        if not (is_known(nodes, text) or is_model(name, text)):
            form = known_form(nodes, text) if len(match[1]) == len(text) else ""
            if form:
                self._put(*match.span(1), self._substitutes.formed(text, form).encode())
            else:
                self._put(*match.span(1), self._substitutes.text(text.encode("utf-8", "replace"), len(match[1])))
        return match.end()

    def _unknown(self, offset: int) -> int:
        """Mask a value without a schema; only brackets, booleans, null and sizes stay."""
        depth = 0
        for match in _FLAT.finditer(self._content, offset):
            token = match.group()
            if match[1] is not None:
                text = _parsed(match[1]).encode("utf-8", "replace")
                self._put(*match.span(1), self._substitutes.text(text, len(match[1])))
            elif match[2] is not None:
                self._put(*match.span(2), self._substitutes.number(token))
            depth += (token in b"[{") - (token in b"]}")
            if depth == 0:
                return match.end()
        raise _Mismatch

    def _put(self, start: int, end: int, replacement: bytes) -> None:
        self._pieces += [self._content[self._copied : start], replacement]
        self._copied = end

    def _past_space(self, offset: int) -> int:
        space = _SPACE.match(self._content, offset)
        return space.end() if space else offset


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _parsed(raw: bytes) -> str:
    if b"\\" not in raw:
        return raw.decode("utf-8", "replace")
    text: str = json.loads(b'"' + raw + b'"', strict=False)
    return text
