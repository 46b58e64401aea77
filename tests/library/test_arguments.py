"""Arguments of the library are checked as the command line checks them."""

from pathlib import Path

import pytest

import wirelore
from tests.exchanges import exchange, written_capture
from wirelore.library.arguments import analyzers, redaction_key, refuse_file_object, several
from wirelore.model.packaged import SAMPLES, SCHEMAS


def test_a_single_text_is_a_list_of_one() -> None:
    assert (several("127.0.0.1"), several(["a", "b"]), several(())) == (("127.0.0.1",), ("a", "b"), ())


def test_a_key_file_must_exist_and_excludes_once(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"team\.key: no such key file; `wirelore key FILE` creates one"):
        redaction_key(tmp_path / "team.key", once=False)
    with pytest.raises(ValueError, match="key and once exclude each other"):
        redaction_key(tmp_path / "team.key", once=True)
    assert list(tmp_path.iterdir()) == []
    assert redaction_key(None, once=True).id == "once"


def test_an_unknown_analyzer_is_refused_with_a_similar_name() -> None:
    assert analyzers("sizes") == ("sizes",)
    with pytest.raises(
        ValueError, match=r"unknown analyzer 'size'; did you mean 'sizes'\? expected one of beta-flags, "
    ):
        analyzers(["size"])


def test_an_open_file_is_refused_and_its_text_is_not_shown(tmp_path: Path) -> None:
    path = tmp_path / "some.har"
    path.write_text("secret")
    with path.open() as stream, pytest.raises(TypeError, match="expected a name or path, not an open file"):
        refuse_file_object(stream)
    with path.open() as stream, pytest.raises(TypeError, match="not an open file"):
        wirelore.analyze(stream)


def test_learning_leaves_no_folder_behind_when_it_cannot_begin(tmp_path: Path) -> None:
    with pytest.raises(wirelore.Unreadable):
        wirelore.learn("none", tmp_path / "s")
    with pytest.raises(ValueError, match="unknown analyzer 'x'"):
        wirelore.learn(SAMPLES, tmp_path / "s", only="x")
    assert list(tmp_path.iterdir()) == []


def test_learning_does_not_fill_a_folder_that_holds_something_else(tmp_path: Path) -> None:
    written_capture(tmp_path / "one", exchange({"a": 1}))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("x")
    with pytest.raises(wirelore.BadSchema, match="contains files other than schemas; name a new folder"):
        wirelore.learn(tmp_path / "one", tmp_path / "mine")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_missing_schemas_raise_the_same_error_everywhere(tmp_path: Path) -> None:
    for wrong in (
        lambda: wirelore.open(SAMPLES / "messages", schemas=tmp_path),
        lambda: wirelore.analyze(SAMPLES / "messages", schemas=tmp_path / "none"),
        lambda: wirelore.openapi(SAMPLES / "messages", schemas=tmp_path),
    ):
        with pytest.raises(wirelore.BadSchema, match="not a folder of schemas; `wirelore learn CAPTURE --schemas"):
            wrong()
    assert wirelore.open(SAMPLES / "messages", schemas=SCHEMAS).name == "messages"


@pytest.mark.parametrize("pace", ["fast", "2", -1, float("nan"), float("inf")])
def test_an_invalid_pace_or_port_is_refused(pace: object) -> None:
    with pytest.raises(ValueError, match=r"pace .*: expected 'recorded', 'none', or a factor"):
        wirelore.replay(SAMPLES / "account", pace=pace)  # type: ignore[arg-type] # that is the test
    with pytest.raises(ValueError, match="port 70000: expected a number from 0 to 65535"):
        wirelore.replay(SAMPLES / "account", port=70_000)


def test_a_route_beyond_this_machine_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match=r"example\.com is not on this machine"),
        wirelore.record(tmp_path / "one", route="example.com:80", once=True),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_missing_recording_raises_file_not_found(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"none\.har: no such file"):
        list(wirelore.read(tmp_path / "none.har"))
