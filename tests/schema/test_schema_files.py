"""The files of a folder of schemas."""

from pathlib import Path

import pytest

from wirelore.schema.schema_files import json_object
from wirelore.schema.validation import BadSchema


def test_an_object_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"a": "\u00e9"}', "utf-8")
    assert json_object(path) == {"a": "\u00e9"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "not JSON (Expecting property name enclosed in double quotes: line 1 column 2 (char 1)); correct it, or "
         "restore a packaged file"),
        (b"\xff", "not JSON ('utf-8' codec can't decode byte 0xff in position 0: invalid start byte); correct it, or "
         "restore a packaged file"),
        (b"[]", "a JSON list, expected an object"),
    ],
)  # fmt: skip
def test_other_content_is_an_error_with_the_file(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with pytest.raises(BadSchema) as refused:
        json_object(path)
    assert str(refused.value) == f"{path}: {message}"


def test_a_missing_file_is_the_systems_own_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        json_object(tmp_path / "a.json")
