"""Strings that no rule covers, in files of any length: random-looking strings, and strings that the user gives.

A string looks random if it has `shortest` to `longest` characters of a token's alphabet (letters, digits, `_`, `+`,
`/`, `-`), contains lowercase and uppercase letters and at least two digits, is not mostly words, and has at least
`bits` bits of Shannon entropy per character. A hexadecimal string needs at least `hex_shortest` characters and
`hex_bits` bits. These numbers, and the random-looking strings that are not secret, are in `residue.json`. A string
longer than `longest` is content (an image, a signature), not a key.
"""

import binascii
import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple
from urllib.parse import quote

from wirelore.redaction import base64_text
from wirelore.redaction.file_scan import matches
from wirelore.redaction.secret_rules import compiled

PACKAGED = Path(__file__).with_name("residue.json")
_RUN: Any = compiled(r"[A-Za-z0-9_+/-]{20,}={0,2}")
_HEX = re.compile(rb"[0-9a-f]+|[0-9A-F]+")
_UUID = re.compile(rb"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MEMBER = re.compile(rb"(?:\\*[\"']|[?&])([A-Za-z0-9_-]{1,64})(?:\\*[\"']\s*:\s*\\*[\"']|=)$")
_ESCAPE = re.compile(rb"\\+$")
_ALPHABET = re.compile(rb"[A-Za-z0-9_+/-]")
_BOUNDARY = b"--------"
"""The beginning of a multipart boundary."""
_BEFORE = 128


class RandomString(NamedTuple):
    """A match: its start and size in bytes and, for a string that the user gave, its form."""

    start: int
    size: int
    form: str = ""
    digest: bytes = b""
    """The digest of a random-looking string, see `digest`."""


def random_looking(stream: BinaryIO) -> Iterator[RandomString]:
    """Yield the random-looking strings of a file in order, in bounded memory."""
    for run, block, base in matches(stream, _RUN, before=_BEFORE):
        start, end = _after_escape(block, run.start()), run.end()
        if start is not None and _has_random_part(block, start, end):
            yield RandomString(base + start, end - start, digest=digest(block[start:end]))


def occurrences(stream: BinaryIO, forms: Mapping[bytes, str]) -> Iterator[RandomString]:
    """Yield the occurrences, in order, of the strings that `forms_of` returned."""
    if not forms:
        return
    longest = max(map(len, forms))
    expression = compiled("|".join(re.escape(form.decode("latin-1")) for form in sorted(forms, key=_longest_first)))
    for form, _, base in matches(stream, expression, overlap=longest - 1):
        yield RandomString(base + form.start(), form.end() - form.start(), forms[form.group()])


def digest(value: bytes) -> bytes:
    """Return a digest by which a string can be recognized later."""
    return hashlib.blake2b(value, digest_size=12).digest()


def forms_of(texts: Iterable[str]) -> dict[bytes, str]:
    """Return the forms in which each text may be written (plain, URL, JSON, base64), each with a description."""
    forms: dict[bytes, str] = {}
    for number, text in enumerate(texts, 1):
        raw = text.encode("utf-8", "surrogateescape")
        escaped = json.dumps(text, ensure_ascii=False)[1:-1].encode("utf-8", "surrogateescape")
        for form, name in (
            (raw, ""),
            (quote(text, safe="").encode(), ", URL-encoded"),
            (re.sub("%..", _lowered, quote(text, safe="")).encode(), ", URL-encoded"),
            (quote(text, safe="/").encode(), ", URL-encoded"),
            (quote(text, safe="").replace("%20", "+").encode(), ", URL-encoded"),
            (escaped, ", JSON-escaped"),
            (escaped.replace(b"/", b"\\/"), ", JSON-escaped"),
            (json.dumps(text)[1:-1].encode(), ", JSON-escaped"),
            (json.dumps(json.dumps(text)[1:-1])[1:-1].encode(), ", JSON-escaped twice"),
            *((form, ", in base64") for form in _base64(raw)),
        ):
            if form:
                forms.setdefault(form, f"canary {number}{name}")
    return forms


def _base64(raw: bytes) -> Iterator[bytes]:
    """Yield, for the three possible offsets and both alphabets, the base64 characters that depend on the text alone."""
    for offset in range(3):
        encoded = binascii.b2a_base64(b"\0" * offset + raw, newline=False)
        text_only = encoded[-(-offset * 8 // 6) : (offset + len(raw)) * 8 // 6]
        if len(text_only) >= 4:
            yield text_only
            yield text_only.translate(bytes.maketrans(b"+/", b"-_"))


def _after_escape(block: bytes, start: int) -> int | None:
    r"""Return the start of a run, without the letter of an escape such as \n; None if it continues a long run."""
    if start and _ALPHABET.match(block, start - 1):
        return None
    escape = _ESCAPE.search(block, max(0, start - 8), start)
    return start + 1 if escape else start


def _has_random_part(block: bytes, start: int, end: int) -> bool:
    member = _MEMBER.search(block, max(0, start - _BEFORE), start)
    if member and member[1].decode().lower() in _config()["spared"]:
        return False
    value = block[start:end]
    return any(map(_looks_random, value.split(b"/") if value.startswith(b"/") else [value]))


def _looks_random(value: bytes) -> bool:
    config = _config()
    if not config["shortest"] <= len(value) <= config["longest"] or value.startswith(_BOUNDARY):
        return False
    if config["ids"].fullmatch(value) or _UUID.search(value) or _is_base64_json(value):
        return False
    digits = sum(0x30 <= byte <= 0x39 for byte in value)
    if _HEX.fullmatch(value):
        return (
            len(value) >= config["hex_shortest"] and 0 < digits < len(value) and _entropy(value) >= config["hex_bits"]
        )
    is_mixed = digits >= 2 and value.lower() != value != value.upper()
    return is_mixed and not _is_mostly_words(value) and _entropy(value) >= config["bits"]


def _is_base64_json(value: bytes) -> bool:
    """Return True if a value is base64-encoded JSON, whose content the rules have already scanned."""
    end, content = base64_text.decode_text(value, 0)
    return base64_text.is_json_start(content, end) and not value[end:].strip(b"=")


def _is_mostly_words(value: bytes) -> bool:
    """Return True if words make up more than half of a value, as in paths and identifiers."""
    words = re.findall(rb"(?:[A-Z]?[a-z]{3,}|[A-Z]{4,})(?=[A-Z_/+=-]|[0-9]|$)", value)
    return sum(map(len, words)) * 2 > len(value)


def _entropy(value: bytes) -> float:
    """Return the Shannon entropy of a value in bits per character."""
    return -sum(count / len(value) * math.log2(count / len(value)) for count in Counter(value).values())


def _lowered(match: re.Match[str]) -> str:
    return match.group().lower()


def _longest_first(form: bytes) -> tuple[int, bytes]:
    return -len(form), form


@cache
def _config() -> dict[str, Any]:
    config: dict[str, Any] = json.loads(PACKAGED.read_text("utf-8"))
    config["ids"] = re.compile(config["ids"].encode())
    config["spared"] = frozenset(name.lower() for name in (*config["members"], *config["headers"]))
    return config
