"""The document's prose: evidence in words."""

import pytest

from tests.exchanges import learned_library
from tests.reported import conversation
from tests.spec.test_openapi_evidence import _document
from wirelore.schema.library import Library
from wirelore.spec.openapi_document import yaml_text


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return learned_library(tmp_path_factory.mktemp("library") / "schemas", *conversation())


def test_evidence_is_written_on_one_line(library: Library) -> None:
    text = yaml_text(_document(library, *conversation()))
    lines = [line for line in text.splitlines() if line.lstrip().startswith("x-observed:")]
    assert len(lines) > 50
    assert all(line.endswith("}") for line in lines)
