"""Hints about members."""

from pathlib import Path

import pytest

from wirelore.schema.hints import hints
from wirelore.schema.library import PACKAGED
from wirelore.schema.validation import BadSchema


def test_a_place_is_a_type_and_a_member_by_kind(tmp_path: Path) -> None:
    (tmp_path / "hints.json").write_text(
        '{"format": 1, "opaque": [{"place": "*.schema"}, "tool_use.in.put"], "open": [{"place": ".name"}]}'
    )
    assert hints(tmp_path) == {"opaque": {("*", "schema"), ("tool_use", "in.put")}, "open": {("", "name")}}


def test_a_folder_without_hints_has_none(tmp_path: Path) -> None:
    assert hints(tmp_path) == {"opaque": frozenset(), "open": frozenset()}


def test_the_packaged_hints_are_read() -> None:
    assert ("tool_use", "input") in hints(PACKAGED)["opaque"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON"),
        ("[]", "a JSON list, expected an object"),
        ("{}", "format None, expected 1"),
        ('{"format": 1, "open": ["name"]}', "open/0: place is 'name', expected <type>.<member>"),
    ],
)
def test_an_invalid_hint_is_an_error_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "hints.json").write_text(text)
    with pytest.raises(BadSchema, match=message):
        hints(tmp_path)
