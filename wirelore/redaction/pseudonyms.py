"""Pseudonyms: replacements for secrets with the same length and the same form.

They are keyed with HMAC-SHA256: the same secret has the same pseudonym under one key, and nothing can be derived
without the key. A letter becomes another letter of its case, a digit another digit, and hex stays hex. Every character
changes, except those that show the kind: a token's prefix, `eyJ` and the dots of a JWT, the dashes of a UUID, `@` and
the last dot of an e-mail address. Bytes beyond ASCII become letters, so the result is plain ASCII, safe in JSON and in
a URL.
"""

import hashlib
import hmac
import re
import string
from collections import OrderedDict
from collections.abc import Callable

_CACHE_SIZE = 4096
_LOWER, _UPPER = string.ascii_lowercase.encode(), string.ascii_uppercase.encode()
_DIGITS = string.digits.encode()
_UUID = re.compile(rb"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_HEX = re.compile(rb"(?:[0-9a-f]{16,}|[0-9A-F]{16,})")
_JWT = re.compile(rb"eyJ[\w-]*(?:\.[\w-]*)+")
_EMAIL = re.compile(rb"[^@\s]+@[^@\s]+\.[^@.\s]+")
_UNITS = re.compile(rb"%[0-9A-Fa-f]{2}|\\+u[0-9A-Fa-f]{4}|\\+[^\\]|[^\\%]+|.", re.DOTALL)
SIMPLE = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
"""The characters of single-letter escapes, as in JSON."""


def _table(pools: tuple[bytes, ...], symbols: dict[int, bytes]) -> tuple[bytes, ...]:
    """Return, for each byte, the bytes that may replace it."""
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
    """A generator of pseudonyms for one key; `prefix` matches the readable kind at the start of a token."""

    def __init__(self, key: bytes, prefix: str) -> None:
        self._key = key
        self._prefix = re.compile(prefix.encode())
        self._cache: OrderedDict[bytes, bytes] = OrderedDict()

    def pseudonym(self, secret: bytes) -> bytes:
        """Return the pseudonym of an unescaped secret."""
        if (pseudonym := self._cache.get(secret)) is not None:
            return pseudonym
        unchanged, table = self._form(secret)
        seed = hmac.new(self._key, secret, hashlib.sha256).digest()
        stream = hashlib.shake_256(seed).digest(len(secret))
        pseudonym = bytes(
            byte if index in unchanged else table[byte][number % len(table[byte])]
            for index, (byte, number) in enumerate(zip(secret, stream, strict=True))
        )
        if len(secret) <= _CACHE_SIZE:
            self._cache[secret] = pseudonym
            if len(self._cache) > _CACHE_SIZE:
                self._cache.popitem(last=False)
        return pseudonym

    def escaped(self, raw: bytes) -> bytes:
        """Return the pseudonym of a secret as written in JSON or a URL; escapes stay escapes of the same length."""
        if b"%" not in raw and b"\\" not in raw:
            return self.pseudonym(raw)
        units = [(unit, _unescaped(unit)) for unit in _UNITS.findall(raw)]
        pseudonym = self.pseudonym(b"".join(content for _, content in units))
        pieces, offset = [], 0
        for unit, content in units:
            pieces.append(respelled(unit, pseudonym[offset : offset + len(content)]))
            offset += len(content)
        return b"".join(pieces)

    def kind(self, secret: bytes) -> str:
        """Return a token's kind: `oat01` and the like, `jwt`, or `opaque`."""
        if match := self._prefix.match(secret):
            return match.group().decode("latin-1").rstrip("-_").removeprefix("sk-ant-") or "opaque"
        return "jwt" if _JWT.fullmatch(secret) else "opaque"

    def has_form(self, secret: bytes) -> bool:
        """Return True if the secret is recognizable by its own form, in any place."""
        shapes: tuple[Callable[[bytes], object], ...] = (_UUID.fullmatch, _JWT.fullmatch, _EMAIL.fullmatch)
        return bool(self._prefix.match(secret)) or any(shape(secret) for shape in shapes)

    def _form(self, secret: bytes) -> tuple[frozenset[int], tuple[bytes, ...]]:
        hexadecimal = _HEX_UPPER if re.search(rb"[A-F]", secret) and not re.search(rb"[a-f]", secret) else _HEX_LOWER
        if _UUID.fullmatch(secret):
            return frozenset((8, 13, 18, 23)), hexadecimal
        if match := self._prefix.match(secret):
            return frozenset(range(match.end())), _ORDINARY
        if _JWT.fullmatch(secret):
            return frozenset({0, 1, 2} | {n for n, byte in enumerate(secret) if byte == 0x2E}), _ORDINARY
        if _EMAIL.fullmatch(secret):
            return frozenset((secret.index(b"@"), secret.rindex(b"."))), _MAIL
        digits_only = secret.isdigit()
        return frozenset(), hexadecimal if _HEX.fullmatch(secret) and not digits_only else _ORDINARY


def plain(raw: bytes) -> bytes:
    """Undo the JSON or percent escapes of a text."""
    if b"%" not in raw and b"\\" not in raw:
        return raw
    return b"".join(_unescaped(unit) for unit in _UNITS.findall(raw))


def _unescaped(unit: bytes) -> bytes:
    if len(unit) == 3 and unit[:1] == b"%":
        return bytes.fromhex(unit[1:].decode())
    if unit[:1] != b"\\":
        return unit
    escape = unit.lstrip(b"\\")
    if escape[:1] == b"u" and len(escape) == 5:
        return chr(int(escape[1:], 16)).encode("utf-8", "surrogatepass")
    return SIMPLE.get(escape, escape or b"\\")


def respelled(unit: bytes, piece: bytes) -> bytes:
    r"""Write a character, or the content of an escape, in the form and length of a unit: `a`, `%41` or `\\u0041`."""
    if len(unit) == 3 and unit[:1] == b"%":
        return b"%%%02X" % piece[0]
    escape = unit.lstrip(b"\\")
    if len(escape) == 5 and len(unit) > 5 and escape[:1] == b"u":
        return unit[:-4] + b"%04x" % piece[0]
    if len(escape) == 3 and len(unit) > 3 and escape[:1] == b"x":
        return unit[:-2] + b"%02x" % piece[0]
    return piece + (b"y" if escape == b"x" else b"x") * (len(unit) - len(piece))
