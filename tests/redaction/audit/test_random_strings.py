"""Strings that no rule covers: random-looking ones, and the forms of given ones."""

import base64
import io
import random
import string

import pytest

from wirelore.redaction.audit.random_strings import forms_of, occurrences, random_looking

KEY = "q7RzK2vX9LmT4wBn8YpC1sHd"
_OVERLAP = 8 << 10


def strings(content: str | bytes) -> list[bytes]:
    """Return the random-looking strings of a content."""
    raw = content.encode() if isinstance(content, str) else content
    return [raw[match.start : match.start + match.size] for match in random_looking(io.BytesIO(raw))]


@pytest.mark.parametrize(
    "content",
    [
        KEY,
        f"key={KEY}",
        f'{{"a":"{KEY}"}}',
        f"\\n{KEY}",
        f"{KEY}==",
        "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567",
        f"/x/{KEY}",
    ],
)
def test_a_string_that_looks_random_is_found(content: str) -> None:
    assert len(strings(content)) == 1


@pytest.mark.parametrize(
    "content",
    [
        "msg_01XFDUDYJgAACzvnptvVoYEL",
        "0f0f0f0f-1111-4222-8333-444444444444",
        "some/ordinary/path/with/Names2/and10/more",
        "test_a_function_whose_name_is_long_2",
        "claude-sonnet-4-5-20250929",
        "2026-01-01T00:00:00.000000Z",
        f'"signature":"{KEY}"',
        f'\\"signature\\": \\"{KEY}\\"',
        f"?code_challenge={KEY}",
        base64.b64encode(b'{"interactive":false,"count":12}').decode(),
        "-----------------------------" + KEY,
        KEY * 20,
        "012345678901234567890123456789",
    ],
)
def test_random_looking_strings_that_are_not_secret_are_spared(content: str) -> None:
    assert strings(content) == []


@pytest.mark.parametrize("offset", [-30, -10, 0, 10])
@pytest.mark.parametrize("border", [1 << 20, (1 << 20) - _OVERLAP, 2 << 20])
def test_a_string_is_found_once_wherever_a_block_ends(border: int, offset: int) -> None:
    content = b" " * (border + offset) + KEY.encode() + b" " * (1 << 20)
    assert [(match.start, match.size) for match in random_looking(io.BytesIO(content))] == [(border + offset, len(KEY))]


def test_a_long_run_over_many_blocks_is_content_to_its_end() -> None:
    chance = random.Random(1)
    run = "".join(chance.choices(string.ascii_letters + string.digits, k=(3 << 20) + 50))
    assert strings(run + " x") == []


@pytest.mark.parametrize("offset", [-20, -3, 0, 3])
def test_a_named_text_is_found_once_wherever_a_block_ends(offset: int) -> None:
    content = b"." * ((1 << 20) + offset) + b"Ada Lovelace" + b"." * (1 << 20)
    matches = list(occurrences(io.BytesIO(content), forms_of(["Ada Lovelace"])))
    assert [(match.start, match.size, match.form) for match in matches] == [((1 << 20) + offset, 12, "canary 1")]


def test_no_text_is_nowhere() -> None:
    assert list(occurrences(io.BytesIO(b"x"), forms_of([]))) == []
    assert list(occurrences(io.BytesIO(b"x"), forms_of([""]))) == []
