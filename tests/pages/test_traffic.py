"""The page of traffic."""

import pytest

from tests.exchanges import learned_library
from tests.pages.test_markdown_report import Pages, _flags
from tests.reported import conversation
from wirelore.analysis.finding_groups import Outcome
from wirelore.evidence.collector import gather
from wirelore.model.routes import Routes
from wirelore.pages.markdown_report import pages
from wirelore.schema.claims import claims


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    library = learned_library(tmp_path_factory.mktemp("made") / "schemas", *conversation())
    evidence = gather([("made", conversation())])
    return pages(evidence, Outcome([], ["made"], 8), library, Routes.load(), claims(), _flags(*conversation()))


def test_a_retry_is_shown_with_its_delay(report: Pages) -> None:
    assert "| `POST /v1/messages` | 529 | 1 | 2 | 999 ms |" in report["errors.md"]
