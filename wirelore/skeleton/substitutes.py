"""Substitutes for content in a receipt: of the same length, and without information about the content.

They are keyed hashes (HMAC-SHA256): equal values have equal substitutes under one key, so that repetitions remain
visible. Values of a known form (UUIDs, ids with a prefix, base64, URIs) keep their form.
"""

import hashlib
import hmac
import re
import string

from wirelore.skeleton.known_names import UNMASKED_FORMS

_LETTERS = string.ascii_lowercase.encode()
_TO_LETTERS = bytes(_LETTERS[byte % 26] for byte in range(256))
_TO_DIGITS = bytes(b"123456789"[byte % 9] for byte in range(256))
_TO_HEX = bytes(b"0123456789abcdef"[byte % 16] for byte in range(256))
_TO_ID = bytes((_LETTERS + string.digits.encode())[byte % 36] for byte in range(256))
_EXPONENT = re.compile(rb"[eE].*")


class Substitutes:
    """A generator of substitutes under one key; it remembers the substitutes."""

    def __init__(self, key: bytes) -> None:
        self.issued: set[bytes] = set()
        """The substitutes since it was last emptied."""
        self._key = key

    def text(self, value: bytes, size: int | None = None) -> bytes:
        """Return lower-case letters for a text, or digits for digits, of `size` bytes (default: the text's size)."""
        return self._remember(self._spread(value, _TO_DIGITS if value.isdigit() else _TO_LETTERS, size))

    def number(self, raw: bytes) -> bytes:
        """Return another JSON number with the same number of characters."""
        exponent = _EXPONENT.search(raw)
        mantissa = raw[: exponent.start()] if exponent else raw
        digits = self._spread(raw, _TO_DIGITS, len(mantissa))
        number = bytes(new if 0x30 <= old <= 0x39 else old for old, new in zip(mantissa, digits, strict=True))
        if number.lstrip(b"-")[:1] != mantissa.lstrip(b"-")[:1] and mantissa.lstrip(b"-")[:1] == b"0":
            number = number.replace(number.lstrip(b"-")[:1], b"0", 1)
        return number + re.sub(rb"[0-9]", b"1", exponent.group() if exponent else b"")

    def formed(self, text: str, form: str) -> str:
        """Return a text of the same form and length; `form` is a form of `wirelore.learning.knowledge.form_of`."""
        raw = text.encode()
        if form in UNMASKED_FORMS:
            return text
        if form == "uuid":
            digits = self._spread(raw, _TO_HEX)
            substitute = bytes(0x2D if old == 0x2D else new for old, new in zip(raw, digits, strict=True))
        elif form == "uri":
            scheme = raw.index(b"://") + 3
            substitute = raw[:scheme] + self._spread(raw, _TO_LETTERS, len(raw) - scheme)
        elif form == "base64":
            end = len(raw.rstrip(b"="))
            substitute = self._spread(raw, _TO_LETTERS, end) + raw[end:]
        else:
            substitute = form.encode() + self._spread(raw, _TO_ID, len(raw) - len(form))
        return self._remember(substitute).decode()

    def with_prefix(self, raw: bytes, size: int) -> bytes:
        """Return a substitute that keeps the first `size` bytes, which identify the kind of value."""
        return self._remember(raw[:size] + self._spread(raw, _TO_LETTERS, len(raw) - size))

    def _remember(self, value: bytes) -> bytes:
        self.issued.add(value)
        return value

    def _spread(self, value: bytes, table: bytes, size: int | None = None) -> bytes:
        seed = hmac.new(self._key, b"receipt\0" + value, hashlib.sha256).digest()
        return hashlib.shake_256(seed).digest(len(value) if size is None else size).translate(table)
