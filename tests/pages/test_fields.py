"""The rows of a body's fields."""

import pytest

from tests.exchanges import learned_library
from tests.pages.test_markdown_report import Pages, _flags
from tests.reported import conversation
from wirelore.analysis.finding_groups import Outcome
from wirelore.evidence.collector import gather
from wirelore.model.routes import Routes
from wirelore.pages import fields
from wirelore.pages.markdown_report import pages
from wirelore.schema.claims import claims


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    library = learned_library(tmp_path_factory.mktemp("made") / "schemas", *conversation())
    evidence = gather([("made", conversation())])
    return pages(evidence, Outcome([], ["made"], 8), library, Routes.load(), claims(), _flags(*conversation()))


def test_fields_are_listed_with_their_place_in_unions_and_arrays(report: Pages) -> None:
    page = report["bodies.md"]
    assert "| `content[]<text>.text` | string | always |" in page
    assert "| `content[]<tool_use>.input` | object | always | free-form |" in page
    assert "| `stop_sequence` | null | always |  |" in page
    assert "| `delta<text_delta>.text` | string | always |" in page


def test_a_map_has_one_row_for_all_its_keys() -> None:
    node = {"type": "object", "x-map": True, "additionalProperties": {"type": "string"}}
    assert [field.path for field in fields.fields({"properties": {"free": node}})] == ["free", "free.*"]
