"""Marks: by what a pseudonym is known again as one of ours, without the key.

A mark is made of the pseudonym alone, which stands in the capture anyway, so it tells nothing about the secret. What
a rule finds by chance and no pseudonym is, has the mark of one of a thousand pseudonyms once in four million times.

A pseudonym has other signs than its secret, so a rule may find only a part of it again, or take in what stands beside
it. So the ends of what was found are tried further out, and a little further in, wherever a word begins or ends.
"""

import hashlib
import re
from collections.abc import Collection, Iterable

from wirelore.redaction.pseudonyms import plain


def digest(pseudonym: bytes) -> str:
    """Eight digits of the SHA-256 of what the pseudonym means, however it is escaped."""
    return _mark(plain(pseudonym))


MASK = "{redacted}"
_WORD = re.compile(r"\w(?:[\w.@+-]*\w)?")
_TWO = re.compile(r"(?<!\w)(?=(\w+ \w+)(?!\w))")
_OUTWARD_BEFORE, _OUTWARD, _INWARD, _WORDS_INWARD = 64, 256, 6, 40
"""How many bytes the ends are tried further out, before and after, and further in, there or at borders of words."""
_BORDER = re.compile(rb"(?<![A-Za-z0-9])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9])(?![A-Za-z0-9])")


def is_listed(found: bytes, before: bytes, after: bytes, listed: Collection[str]) -> bool:
    """Whether what was found is, but for its ends, a listed pseudonym; given with what stands before and after it."""
    found = plain(found)
    if digest(found) in listed:
        return True
    if not listed:
        return False
    before, after = (plain(part.replace(b"\0", b"")) for part in (before, after))  # UTF-16 has them between
    before, after = before[-_OUTWARD_BEFORE:], after[:_OUTWARD]
    text, begin, end = before + found + after, len(before), len(before) + len(found)
    borders = {one.start() for one in _BORDER.finditer(text)}
    borders |= {0, len(text), *range(begin, begin + _INWARD), *range(end - _INWARD, end + 1)}
    starts = [at for at in borders if at < begin + _WORDS_INWARD and at < end]
    ends = [at for at in borders if at > end - _WORDS_INWARD and at > begin]
    return any(_mark(text[start:stop]) in listed for start in starts for stop in ends if stop > start)


def masked(text: str, listed: Collection[str]) -> str:
    """The text with `{redacted}` in place of listed pseudonyms: the whole of it, a word, or two words side by side."""
    if not listed:
        return text
    if digest(text.encode("utf-8", "surrogatepass")) in listed:
        return MASK
    text = _WORD.sub(lambda one: _one_masked(one[0], listed), text)
    for two in sorted(set(_TWO.findall(text))):
        text = text.replace(two, _one_masked(two, listed))
    return text


def _one_masked(found: str, listed: Collection[str]) -> str:
    return MASK if digest(found.encode("utf-8", "surrogatepass")) in listed else found


def _mark(meant: bytes) -> str:
    return hashlib.sha256(meant).hexdigest()[:8]


def digests(pseudonyms: Iterable[bytes]) -> list[str]:
    """The marks of several, sorted, each once."""
    return sorted(set(map(digest, pseudonyms)))
