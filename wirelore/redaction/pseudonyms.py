"""Pseudonyms: what stands in a capture where a secret stood, of the same length and the same look.

Keyed with HMAC-SHA256: the same secret gives the same pseudonym under one key, and nothing without the key. A letter
becomes another letter of its case, a digit another digit, hex stays hex; no character stays where it was, except what
makes the kind readable: a token's prefix, `eyJ` and the dots of a JWT, the dashes of a UUID, `@` and the last dot of an
e-mail address. Bytes beyond ASCII become letters, so the result is always plain ASCII, safe inside JSON and a URL.
"""

import hashlib
import hmac
import re
import string
from collections import OrderedDict
from collections.abc import Callable

_KEPT = 4096
_LOWER, _UPPER = string.ascii_lowercase.encode(), string.ascii_uppercase.encode()
_DIGITS = string.digits.encode()
_UUID = re.compile(rb"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_HEX = re.compile(rb"(?:[0-9a-f]{16,}|[0-9A-F]{16,})")
_JWT = re.compile(rb"eyJ[\w-]*(?:\.[\w-]*)+")
_EMAIL = re.compile(rb"[^@\s]+@[^@\s]+\.[^@.\s]+")
_UNITS = re.compile(rb"%[0-9A-Fa-f]{2}|\\+u[0-9A-Fa-f]{4}|\\+[^\\]|[^\\%]+|.", re.DOTALL)
SIMPLE = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
"""What an escape of one letter means, as in JSON."""


def _table(pools: tuple[bytes, ...], symbols: dict[int, bytes]) -> tuple[bytes, ...]:
    """For each byte the bytes that may stand in its place."""
    table = [symbols.get(byte, _LOWER) for byte in range(256)]
    for pool in pools:
        for byte in pool:
            table[byte] = pool.replace(bytes([byte]), b"")
    return tuple(table)


_SYMBOLS = {0x2D: b"_", 0x5F: b"-", 0x2B: b"/", 0x2F: b"+", 0x3D: _UPPER}
_ORDINARY = _table((_LOWER, _UPPER, _DIGITS), _SYMBOLS)
_MAIL = _table((_LOWER, _UPPER, _DIGITS), {})
_HEX_LOWER = _table((_DIGITS + b"abcdef",), _SYMBOLS)
_HEX_UPPER = _table((_DIGITS + b"ABCDEF",), _SYMBOLS)


class Pseudonyms:
    """Makes pseudonyms under one key; `prefix` matches the readable kind at the start of a token."""

    def __init__(self, key: bytes, prefix: str) -> None:
        self._key = key
        self._prefix = re.compile(prefix.encode())
        self._made: OrderedDict[bytes, bytes] = OrderedDict()

    def of(self, secret: bytes) -> bytes:
        """The pseudonym of a secret that is written plainly."""
        if (made := self._made.get(secret)) is not None:
            return made
        kept, table = self._look(secret)
        seed = hmac.new(self._key, secret, hashlib.sha256).digest()
        stream = hashlib.shake_256(seed).digest(len(secret))
        made = bytes(
            byte if place in kept else table[byte][number % len(table[byte])]
            for place, (byte, number) in enumerate(zip(secret, stream, strict=True))
        )
        if len(secret) <= _KEPT:
            self._made[secret] = made
            if len(self._made) > _KEPT:
                self._made.popitem(last=False)
        return made

    def written(self, raw: bytes) -> bytes:
        """The pseudonym of a secret as it stands in JSON or a URL: each escape stays an escape of the same length."""
        if b"%" not in raw and b"\\" not in raw:
            return self.of(raw)
        units = [(unit, _meant(unit)) for unit in _UNITS.findall(raw)]
        made = self.of(b"".join(meant for _, meant in units))
        pieces, place = [], 0
        for unit, meant in units:
            pieces.append(spelled(unit, made[place : place + len(meant)]))
            place += len(meant)
        return b"".join(pieces)

    def kind(self, secret: bytes) -> str:
        """What is known of a token's kind: `oat01` and the like, `jwt`, or `opaque`."""
        if found := self._prefix.match(secret):
            return found.group().decode("latin-1").rstrip("-_").removeprefix("sk-ant-") or "opaque"
        return "jwt" if _JWT.fullmatch(secret) else "opaque"

    def has_form(self, secret: bytes) -> bool:
        """Whether the secret tells by its own form what it is, wherever it stands."""
        shapes: tuple[Callable[[bytes], object], ...] = (_UUID.fullmatch, _JWT.fullmatch, _EMAIL.fullmatch)
        return bool(self._prefix.match(secret)) or any(shape(secret) for shape in shapes)

    def _look(self, secret: bytes) -> tuple[frozenset[int], tuple[bytes, ...]]:
        hexadecimal = _HEX_UPPER if re.search(rb"[A-F]", secret) and not re.search(rb"[a-f]", secret) else _HEX_LOWER
        if _UUID.fullmatch(secret):
            return frozenset((8, 13, 18, 23)), hexadecimal
        if found := self._prefix.match(secret):
            return frozenset(range(found.end())), _ORDINARY
        if _JWT.fullmatch(secret):
            return frozenset({0, 1, 2} | {n for n, byte in enumerate(secret) if byte == 0x2E}), _ORDINARY
        if _EMAIL.fullmatch(secret):
            return frozenset((secret.index(b"@"), secret.rindex(b"."))), _MAIL
        digits_only = secret.isdigit()
        return frozenset(), hexadecimal if _HEX.fullmatch(secret) and not digits_only else _ORDINARY


def plain(raw: bytes) -> bytes:
    """What a text written with JSON or percent escapes means."""
    if b"%" not in raw and b"\\" not in raw:
        return raw
    return b"".join(_meant(unit) for unit in _UNITS.findall(raw))


def _meant(unit: bytes) -> bytes:
    if len(unit) == 3 and unit[:1] == b"%":
        return bytes.fromhex(unit[1:].decode())
    if unit[:1] != b"\\":
        return unit
    escape = unit.lstrip(b"\\")
    if escape[:1] == b"u" and len(escape) == 5:
        return chr(int(escape[1:], 16)).encode("utf-8", "surrogatepass")
    return SIMPLE.get(escape, escape or b"\\")


def spelled(unit: bytes, piece: bytes) -> bytes:
    """Another character, or what an escape may mean, in the form and length of a unit: plain, `%41` or `\\\\u0041`."""
    if len(unit) == 3 and unit[:1] == b"%":
        return b"%%%02X" % piece[0]
    escape = unit.lstrip(b"\\")
    if len(escape) == 5 and len(unit) > 5 and escape[:1] == b"u":
        return unit[:-4] + b"%04x" % piece[0]
    if len(escape) == 3 and len(unit) > 3 and escape[:1] == b"x":
        return unit[:-2] + b"%02x" % piece[0]
    return piece + (b"y" if escape == b"x" else b"x") * (len(unit) - len(piece))
