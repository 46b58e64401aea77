"""Captures in Python: opened by name, iterated, converted to data frames, displayed in a notebook."""

from html.parser import HTMLParser
from pathlib import Path

import pytest

import wirelore
from tests.exchanges import exchange
from tests.exchanges import written_capture as written
from wirelore.library.captures import captures_folder, open_all, schemas_folder
from wirelore.model.packaged import SAMPLES, SCHEMAS
from wirelore.schema.library import writable_folder


def test_a_name_in_the_captures_folder_is_opened(tmp_path: Path) -> None:
    written(tmp_path / "one", exchange(), exchange())
    capture = wirelore.open("one", captures=tmp_path)
    assert (capture.name, len(capture), [one.sequence for one in capture]) == ("one", 2, [1, 2])
    assert repr(capture) == "<wirelore.Capture 'one': 2 exchanges>"


def test_the_captures_folder_is_that_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path / "one", exchange())
    monkeypatch.setenv("WIRELORE_CAPTURES", str(tmp_path))
    assert len(wirelore.open("one")) == 1
    assert captures_folder() == tmp_path
    assert captures_folder("other") == Path("other")


def test_the_schemas_folder_is_given_or_of_the_environment_or_packaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WIRELORE_SCHEMAS", raising=False)
    assert schemas_folder() == SCHEMAS
    mine, yours = (writable_folder(tmp_path / name) for name in ("mine", "yours"))
    monkeypatch.setenv("WIRELORE_SCHEMAS", str(mine))
    assert [schemas_folder(), schemas_folder(yours)] == [mine, yours]


def test_no_capture_of_a_name_is_unreadable_and_says_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(wirelore.Unreadable, match="none: no such capture, and "):
        wirelore.open("none", captures=tmp_path)


def test_a_folder_of_several_captures_is_not_one_capture() -> None:
    with pytest.raises(wirelore.Unreadable, match=r"samples: \d captures \(.*account.*\); open one of them"):
        wirelore.open(SAMPLES)


def test_several_sources_are_opened_in_order(tmp_path: Path) -> None:
    written(tmp_path / "a", exchange())
    written(tmp_path / "b", exchange())
    capture = wirelore.open(tmp_path / "b")
    assert [each.name for each in open_all([capture, "a"], captures=tmp_path)] == ["b", "a"]
    assert [each.name for each in open_all(tmp_path)] == ["a", "b"]
    assert open_all(capture) == [capture]


def test_a_frame_of_another_kind_is_refused_with_the_kinds(tmp_path: Path) -> None:
    written(tmp_path / "one", exchange())
    with pytest.raises(ValueError, match="kind 'rows': expected exchanges, events, headers, findings"):
        wirelore.open(tmp_path / "one").frame("rows")  # type: ignore[arg-type] # that is the test


def test_the_frame_of_findings_has_the_findings_of_analyze() -> None:
    capture = wirelore.open(SAMPLES / "errors")
    frame = capture.frame("findings")
    assert list(frame["fingerprint"]) == [finding.fingerprint for finding in wirelore.analyze(capture)]
    assert len(frame) > 0


class _Cells(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_a_notebook_shows_the_capture_and_its_exchanges_as_text(tmp_path: Path) -> None:
    hostile = exchange(operation="GET /<script>alert(1)</script>", target="/<script>alert(1)</script>")
    written(tmp_path / "<b>", exchange(), hostile)
    cells = _Cells()
    cells.feed(wirelore.open(tmp_path / "<b>")._repr_html_())
    assert "script" not in cells.tags
    assert cells.tags.count("tr") == 3
    assert cells.texts[0] == "<b>"
    assert "/<script>alert(1)</script>" in cells.texts
    assert "2 exchanges" in cells.texts[1]


def test_a_notebook_shows_fifty_exchanges_and_the_number_of_the_others(tmp_path: Path) -> None:
    written(tmp_path / "long", *(exchange() for _ in range(53)))
    cells = _Cells()
    cells.feed(wirelore.open(tmp_path / "long")._repr_html_())
    assert cells.tags.count("tr") == 51
    assert cells.texts[-1] == "and 3 more"
