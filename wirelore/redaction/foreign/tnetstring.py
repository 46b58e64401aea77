"""tnetstrings, the encoding of mitmproxy's flow files: nested values with length prefixes.

Source: tnetstrings.org, and mitmproxy/io/tnetstring.py, which adds `;` for text to the `,` for bytes.
"""

from collections.abc import Iterator
from typing import Any, BinaryIO

_MAX_SIZE = 1 << 30
_MAX_DEPTH = 100


def values(stream: BinaryIO) -> Iterator[Any]:
    """Yield the values of a file one at a time. Raises ValueError if it is invalid or truncated."""
    while (size := _size(stream)) is not None:
        content, kind = stream.read(size), stream.read(1)
        if len(content) < size or not kind:
            raise ValueError("truncated inside a flow")
        yield _value(memoryview(content), kind, 0)


def encode(value: Any) -> bytes:
    """Encode a value."""
    if isinstance(value, bytes):
        return _framed(value, b",")
    if isinstance(value, str):
        return _framed(value.encode("utf-8", "surrogateescape"), b";")
    if value is None:
        return b"0:~"
    if isinstance(value, bool):
        return _framed(b"true" if value else b"false", b"!")
    if isinstance(value, int):
        return _framed(b"%d" % value, b"#")
    if isinstance(value, float):
        return _framed(repr(value).encode(), b"^")
    if isinstance(value, list):
        return _framed(b"".join(map(encode, value)), b"]")
    return _framed(b"".join(encode(part) for pair in value.items() for part in pair), b"}")


def _framed(content: bytes, kind: bytes) -> bytes:
    return b"%d:%b%b" % (len(content), content, kind)


def _size(stream: BinaryIO) -> int | None:
    digits = b""
    while (byte := stream.read(1)) != b":":
        if not byte and not digits:
            return None
        if not byte.isdigit() or len(digits) > 11:
            raise ValueError("expected a length at the start of a flow")
        digits += byte
    return _parsed_size(digits)


def _parsed_size(digits: bytes) -> int:
    if not digits.isdigit() or int(digits) > _MAX_SIZE:
        raise ValueError(f"invalid length, or more than {_MAX_SIZE} bytes")
    return int(digits)


def _value(content: memoryview, kind: bytes, depth: int) -> Any:
    if depth > _MAX_DEPTH:
        raise ValueError(f"nested more than {_MAX_DEPTH} levels deep")
    if kind == b"}":
        parts = list(_parts(content, depth))
        if len(parts) % 2 or not all(isinstance(name, str | bytes) for name in parts[::2]):
            raise ValueError("invalid dictionary")
        return dict(zip(parts[::2], parts[1::2], strict=True))
    if kind == b"]":
        return list(_parts(content, depth))
    return _scalar(bytes(content), kind)


def _parts(content: memoryview, depth: int) -> Iterator[Any]:
    offset = 0
    while offset < len(content):
        head = bytes(content[offset : offset + 13])
        digits, colon, _ = head.partition(b":")
        size, start = _parsed_size(digits) if colon else -1, offset + len(digits) + 1
        if size < 0 or start + size >= len(content):
            raise ValueError("length exceeds the enclosing value")
        yield _value(content[start : start + size], bytes(content[start + size : start + size + 1]), depth + 1)
        offset = start + size + 1


def _scalar(content: bytes, kind: bytes) -> Any:
    if kind == b",":
        return content
    if kind == b";":
        return content.decode("utf-8", "surrogateescape")
    if kind == b"#":
        return int(content)
    if kind == b"^":
        return float(content)
    if kind == b"!" and content in (b"true", b"false"):
        return content == b"true"
    if kind == b"~" and not content:
        return None
    raise ValueError("value of an unknown type")
