"""The rows of a body's fields."""

from tests.pages.report_pages import Pages
from wirelore.pages import fields


def test_fields_are_listed_with_their_place_in_unions_and_arrays(report: Pages) -> None:
    page = report["bodies.md"]
    assert "| `content[]<text>.text` | string | always |" in page
    assert "| `content[]<tool_use>.input` | object | always | free-form |" in page
    assert "| `stop_sequence` | null | always |  |" in page
    assert "| `delta<text_delta>.text` | string | always |" in page


def test_a_map_has_one_row_for_all_its_keys() -> None:
    node = {"type": "object", "x-map": True, "additionalProperties": {"type": "string"}}
    assert [field.path for field in fields.fields({"properties": {"free": node}})] == ["free", "free.*"]
