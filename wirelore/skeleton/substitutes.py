"""Stand-ins: what stands in a receipt where content stood; of the same length, and nothing of the content in it.

Keyed with HMAC-SHA256: equal values have equal stand-ins under one key, so that a repetition is still seen. Forms that
the schemas know by their shape (UUIDs, ids with a prefix, base64, addresses) are forms still.
"""

import hashlib
import hmac
import re
import string

from wirelore.skeleton.known_names import TELLING

_LETTERS = string.ascii_lowercase.encode()
_TO_LETTERS = bytes(_LETTERS[byte % 26] for byte in range(256))
_TO_DIGITS = bytes(b"123456789"[byte % 9] for byte in range(256))
_TO_HEX = bytes(b"0123456789abcdef"[byte % 16] for byte in range(256))
_TO_ID = bytes((_LETTERS + string.digits.encode())[byte % 36] for byte in range(256))
_EXPONENT = re.compile(rb"[eE].*")


class StandIns:
    """Makes stand-ins under one key, and knows which it made."""

    def __init__(self, key: bytes) -> None:
        self.made: set[bytes] = set()
        """Those that were made since it was emptied last."""
        self._key = key

    def text(self, value: bytes, size: int | None = None) -> bytes:
        """Small letters for a text of any kind, digits for digits; as many as it has bytes, or as the size says."""
        return self._made(self._spread(value, _TO_DIGITS if value.isdigit() else _TO_LETTERS, size))

    def number(self, raw: bytes) -> bytes:
        """Another number in JSON, written with as many characters."""
        exponent = _EXPONENT.search(raw)
        mantissa = raw[: exponent.start()] if exponent else raw
        digits = self._spread(raw, _TO_DIGITS, len(mantissa))
        kept = bytes(new if 0x30 <= old <= 0x39 else old for old, new in zip(mantissa, digits, strict=True))
        if kept.lstrip(b"-")[:1] != mantissa.lstrip(b"-")[:1] and mantissa.lstrip(b"-")[:1] == b"0":
            kept = kept.replace(kept.lstrip(b"-")[:1], b"0", 1)
        return kept + re.sub(rb"[0-9]", b"1", exponent.group() if exponent else b"")

    def formed(self, text: str, form: str) -> str:
        """A text of the same form and length; `form` is as `wirelore.learning.knowledge.form_of` names it."""
        raw = text.encode()
        if form in TELLING:
            return text
        if form == "uuid":
            digits = self._spread(raw, _TO_HEX)
            made = bytes(0x2D if old == 0x2D else new for old, new in zip(raw, digits, strict=True))
        elif form == "uri":
            scheme = raw.index(b"://") + 3
            made = raw[:scheme] + self._spread(raw, _TO_LETTERS, len(raw) - scheme)
        elif form == "base64":
            end = len(raw.rstrip(b"="))
            made = self._spread(raw, _TO_LETTERS, end) + raw[end:]
        else:
            made = form.encode() + self._spread(raw, _TO_ID, len(raw) - len(form))
        return self._made(made).decode()

    def keeping(self, raw: bytes, kept: int) -> bytes:
        """A value whose first bytes say what kind it is, and stay."""
        return self._made(raw[:kept] + self._spread(raw, _TO_LETTERS, len(raw) - kept))

    def _made(self, value: bytes) -> bytes:
        self.made.add(value)
        return value

    def _spread(self, value: bytes, table: bytes, size: int | None = None) -> bytes:
        seed = hmac.new(self._key, b"receipt\0" + value, hashlib.sha256).digest()
        return hashlib.shake_256(seed).digest(len(value) if size is None else size).translate(table)
