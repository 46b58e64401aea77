"""Fake secrets of all shapes, and the redaction of a body, for the tests of redaction."""

import itertools

from hypothesis import strategies as st

from wirelore.redaction.redactor import Redactor

KEY = b"k" * 32
TOKEN = "sk-ant-oat01-" + "Ab1_" * 20 + "-AA"
UUID = "0f0f0f0f-1111-4222-8333-444444444444"
SHAPES = st.one_of(
    st.from_regex(r"sk-ant-(api03|admin01|oat01|ort01|sid01|new77)-[A-Za-z0-9_-]{4,120}", fullmatch=True),
    st.from_regex(r"eyJ[A-Za-z0-9_-]{8,60}\.[A-Za-z0-9_-]{8,60}\.[A-Za-z0-9_-]{1,60}", fullmatch=True),
    st.uuids().map(str),
    st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
    st.from_regex(r"[a-z][a-z0-9.+_-]{0,20}@[a-z0-9][a-z0-9-]{0,9}\.(org|com|co\.uk)", fullmatch=True),
    st.from_regex(r"[A-Za-z0-9+/]{20,60}={0,2}", fullmatch=True),
    st.text(min_size=1, max_size=60),
)


def redacted(content: bytes | str, redactor: Redactor | None = None, cuts: tuple[int, ...] = ()) -> bytes:
    """Return the redacted body; `cuts` are the offsets at which it is split into pieces."""
    body = (redactor or Redactor(KEY)).exchange().body()
    raw = content.encode() if isinstance(content, str) else content
    bounds = (0, *sorted(cuts), len(raw))
    return b"".join(body.feed(raw[a:b]) for a, b in itertools.pairwise(bounds)) + body.finish()
