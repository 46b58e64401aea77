"""Redaction: it keeps lengths, does not depend on how the bytes are split, and removes a planted token."""

import hashlib
from collections.abc import Iterator

from tests.fuzz.ground import KEY
from wirelore.redaction.redactor import Redactor
from wirelore.redaction.windows import WINDOW

_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
RUNS = 550


def check(data: bytes) -> None:
    """Redact the input; three bytes select the split, a token's place, and whether it crosses a window's border."""
    (cut, planted, far), content = data[:3].ljust(3, b"\0"), data[3:]
    token = token_of(content)
    at = planted * len(content) // 255
    content = content[:at] + b"\n" + token + b"\n" + content[at:]
    if far & 31 == 31:
        content = b"." * (WINDOW - far) + content + b"." * WINDOW
    whole = _redacted(content)
    assert len(whole) == len(content)
    assert token not in whole, content
    edge = cut * len(content) // 255
    assert _redacted(content[:edge], content[edge:]) == whole, content
    if len(content) < 2000:
        assert _redacted(*(content[at : at + 1] for at in range(len(content)))) == whole, content


def _redacted(*pieces: bytes) -> bytes:
    body = Redactor(KEY).exchange().body("request")
    return b"".join(body.feed(piece) for piece in pieces) + body.finish()


def token_of(content: bytes) -> bytes:
    """Return a fake key that depends on the content."""
    digits = hashlib.sha256(content).digest()
    return b"sk-ant-api03-" + "".join(_ALPHABET[one % len(_ALPHABET)] for one in digits * 3)[:93].encode() + b"AA"


def seeds() -> Iterator[bytes]:
    """Yield JSON in JSON, a form, events, base64 and escapes."""
    yield b'\x80\x10\0{"user_id":"u","access_token":"tok-12345","nested":"{\\"refresh_token\\":\\"tok-6789012\\"}"}'
    yield b"\x20\xff\0grant_type=code&code=abcdefgh12345&state=s-12345678&redirect_uri=http%3A%2F%2Flocalhost"
    yield b'\x40\x80\x1fevent: d\ndata: {"delta":{"type":"text_delta","text":"sk-ant-"}}\n\ndata: {"text":"api03"}\n\n'
    yield b"\x60\x40\0eyJhIjoiYkBleGFtcGxlLm9yZyJ9 \\u0073k-ant\\u002dapi03 ada@example.org /home/ada/x"
    yield b"\x70\x70\0-----BEGIN KEY-----\nAAAA\nBBBB\n-----END KEY-----\nCookie: a=b; c=d\nAuthorization: Basic YTpi"
