"""The parts of an exchange: each has a meaning, and the page of the capture format lists the same parts."""

import re

import pytest

from tests.project import ROOT
from wirelore.formats import draft
from wirelore.model.exchange import End, Request
from wirelore.model.exchange_parts import PARTS


def test_every_part_has_a_meaning() -> None:
    assert {part: meaning for part, meaning in PARTS.items() if len(meaning) < 10 or meaning.endswith(".")} == {}


def test_the_page_of_the_capture_format_names_every_part_and_no_other() -> None:
    page = (ROOT / "docs" / "capture-format.md").read_text("utf-8")
    (row,) = re.findall(r"^\| `absent` \|.*$", page, re.M)
    listed_parts = set(re.findall(r"`([a-z-]+)`", row))
    assert listed_parts - {"absent", "imported"} == set(PARTS)


def test_an_importer_cannot_name_a_part_that_does_not_exist() -> None:
    with pytest.raises(ValueError, match="'header'; the parts of an exchange are "):
        draft.exchange("har", "a#1", Request(), None, started_us=1, end=End("imported"), absent=("end", "header"))
