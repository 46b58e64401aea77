"""The version is that of the project."""

from tests.project import ROOT
from wirelore.model.version import VERSION


def test_the_version_is_that_of_the_project() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    assert f'version = "{VERSION}"' in text
