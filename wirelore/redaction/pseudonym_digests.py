"""Digests of pseudonyms, by which a pseudonym is recognized without the key.

A digest is computed from the pseudonym alone, which is in the capture anyway, so it reveals nothing about the secret. A
string that is not a pseudonym has the digest of one of a thousand pseudonyms once in four million times.

A pseudonym has other characters than its secret, so a rule may match only a part of it, or adjacent text as well.
Therefore the ends of a match are also moved outward, and a little inward, to other word borders.
"""

import hashlib
import re
from collections.abc import Collection, Iterable

from wirelore.redaction.pseudonyms import plain


def digest(pseudonym: bytes) -> str:
    """Return eight hex digits of the SHA-256 of the unescaped pseudonym."""
    return _digest(plain(pseudonym))


MASK = "{redacted}"
_WORD = re.compile(r"\w(?:[\w.@+-]*\w)?")
_WORD_PAIR = re.compile(r"(?<!\w)(?=(\w+ \w+)(?!\w))")
_OUTWARD_BEFORE, _OUTWARD, _INWARD, _WORDS_INWARD = 64, 256, 6, 40
"""How far the ends of a match are moved, in bytes: outward before and after, inward at any byte or at word borders."""
_BORDER = re.compile(rb"(?<![A-Za-z0-9])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9])(?![A-Za-z0-9])")


def is_listed(value: bytes, before: bytes, after: bytes, listed: Collection[str]) -> bool:
    """Return True if a match, apart from its ends, is a listed pseudonym; `before` and `after` are adjacent bytes."""
    value = plain(value)
    if digest(value) in listed:
        return True
    if not listed:
        return False
    before, after = (plain(part.replace(b"\0", b"")) for part in (before, after))  # without the zero bytes of UTF-16
    before, after = before[-_OUTWARD_BEFORE:], after[:_OUTWARD]
    text, begin, end = before + value + after, len(before), len(before) + len(value)
    borders = {border.start() for border in _BORDER.finditer(text)}
    borders |= {0, len(text), *range(begin, begin + _INWARD), *range(end - _INWARD, end + 1)}
    starts = [offset for offset in borders if offset < begin + _WORDS_INWARD and offset < end]
    ends = [offset for offset in borders if offset > end - _WORDS_INWARD and offset > begin]
    return any(_digest(text[start:stop]) in listed for start in starts for stop in ends if stop > start)


def masked(text: str, listed: Collection[str]) -> str:
    """Replace listed pseudonyms by `{redacted}`: the whole text, single words, or two adjacent words."""
    if not listed:
        return text
    if digest(text.encode("utf-8", "surrogatepass")) in listed:
        return MASK
    text = _WORD.sub(lambda word: _mask_word(word[0], listed), text)
    for word_pair in sorted(set(_WORD_PAIR.findall(text))):
        text = text.replace(word_pair, _mask_word(word_pair, listed))
    return text


def _mask_word(text: str, listed: Collection[str]) -> str:
    return MASK if digest(text.encode("utf-8", "surrogatepass")) in listed else text


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:8]


def digests(pseudonyms: Iterable[bytes]) -> list[str]:
    """Return the distinct digests of several pseudonyms, sorted."""
    return sorted(set(map(digest, pseudonyms)))
