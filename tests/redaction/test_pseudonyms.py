"""Pseudonyms: the same length and form as the secret, and nothing of its content."""

import re

import pytest
from hypothesis import given, settings

from tests.secret_shapes import KEY, SHAPES, TOKEN
from wirelore.redaction.pseudonyms import Pseudonyms
from wirelore.redaction.secret_rules import packaged

PREFIX = packaged().prefix


def unchanged_positions(secret: str) -> set[int]:
    if re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", secret):
        return {8, 13, 18, 23}
    if match := re.match(r"sk-ant-(?:[a-z]{2,10}[0-9]{2}-|(?:api|admin|oat|ort|sid)-)?", secret):
        return set(range(match.end()))
    if secret.startswith("eyJ"):
        return {0, 1, 2} | {n for n, char in enumerate(secret) if char == "."}
    if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@.\s]+", secret):
        return {len(secret[: secret.index("@")].encode()), len(secret[: secret.rindex(".")].encode())}
    return set()


@pytest.mark.slow
@given(SHAPES)
@settings(max_examples=300, deadline=None)
def test_a_pseudonym_has_the_same_length_and_no_character_of_the_secret(secret: str) -> None:
    raw = secret.encode()
    pseudonym = Pseudonyms(KEY, PREFIX).pseudonym(raw)
    assert len(pseudonym) == len(raw)
    assert {n for n, (a, b) in enumerate(zip(raw, pseudonym, strict=True)) if a == b} <= unchanged_positions(secret)
    assert pseudonym == Pseudonyms(KEY, PREFIX).pseudonym(raw)
    assert pseudonym.isascii()
    assert not set(pseudonym) & set(b'"\\\r\n\0') - {raw[n] for n in unchanged_positions(secret)}


def test_another_key_gives_another_pseudonym() -> None:
    assert Pseudonyms(b"a" * 32, PREFIX).pseudonym(TOKEN.encode()) != Pseudonyms(KEY, PREFIX).pseudonym(TOKEN.encode())
