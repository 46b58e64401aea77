"""A redacted capture to plant secrets in."""

from pathlib import Path

import pytest

from tests.exchanges import exchange
from tests.secret_shapes import TOKEN, UUID
from tests.store.test_writer import written


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    """A redacted capture, with a call and a stream, with pseudonyms of every kind except home folders."""
    text = f"{TOKEN} of {UUID}, ada@example.org"
    headers = [("authorization", f"Bearer {TOKEN}"), ("x-note", "plain"), ("content-type", "application/json")]
    call = exchange(
        {"a": [{"text": text}, "PLANT"]}, {"type": "message"}, headers=headers, target="/v1/messages?x=PLANT"
    )
    stream = exchange({"n": 2}, events=[("content_block_delta", {"delta": {"text": "PLANT"}})])
    return written(tmp_path / "made", call, stream).folder
