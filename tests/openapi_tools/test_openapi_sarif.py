"""Findings and differences in SARIF pass Microsoft's validator with the rules of GitHub's code scanning."""

from pathlib import Path

import pytest

from tests.openapi_tools import sarif_validator
from tests.openapi_tools.documents import SAMPLES, wirelore

pytestmark = [pytest.mark.openapi, pytest.mark.usefixtures("multitool")]

NO_SITE = {"warning SARIF2005": 1}
"""An accepted warning: a log cannot name the tool's site, because it has none."""


@pytest.mark.parametrize(
    "command",
    [
        ("analyze", SAMPLES / "messages", SAMPLES / "errors", "--fail-on", "error"),
        ("diff", SAMPLES / "messages", SAMPLES / "errors"),
    ],
    ids=lambda command: command[0],
)
def test_what_code_hosts_take_in_has_nothing_against_it(command: tuple[object, ...], tmp_path: Path) -> None:
    log = tmp_path / "log.sarif"
    wirelore(*map(str, command), "--format", "sarif", "-o", str(log), allowed=(1,))
    assert sarif_validator.problems(log, tmp_path) == NO_SITE


def test_the_validator_finds_what_is_wrong(tmp_path: Path) -> None:
    log = tmp_path / "wrong.sarif"
    log.write_text('{"version": "2.1.0", "runs": [{"tool": {"driver": {}}, "results": [{"ruleIndex": 3}]}]}')
    assert sarif_validator.problems(log, tmp_path) == {"error JSON1002": 2}
