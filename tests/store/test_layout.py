"""The layout of a capture: paths that belong to no exchange, and modes."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirelore.store.layout import ID, Problem, modes, strays, walk

ONE = "messages/20260101_000000_000001_post-v1-messages"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files of a capture with one exchange, private."""
    folder = tmp_path / "capture"
    for name in ("capture.json", "index.jsonl", f"{ONE}/exchange.json", f"{ONE}/request.body", f"{ONE}/response.body"):
        (folder / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")
        (folder / name).chmod(0o600)
    for path in (folder, folder / "messages"):
        path.chmod(0o700)
    return folder


def stray(folder: Path, name: str, ids: set[str] | None = None) -> list[tuple[str, str]]:
    """Create a file, or a folder if the name ends with a slash; return (place, found) of the strays."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if name.endswith("/"):
        path.mkdir(parents=True)
    else:
        path.write_bytes(b"")
    return [(problem.place, problem.found) for problem in strays(folder, {ONE} if ids is None else ids)]


@pytest.mark.parametrize(
    ("name", "is_id"),
    [
        (ONE, True),
        ("errors/20260101_000000_1234567_get-unknown", True),
        ("errors/20260101_000000_12345_get", False),
        ("Errors/20260101_000000_000001_get", False),
        ("errors/20260101_000000_000001_", False),
        ("errors/2026011_000000_000001_get", False),
        ("errors/20260101_000000_000001_get/x", False),
    ],
)
def test_an_id_has_category_time_number_and_slug(name: str, is_id: bool) -> None:
    assert (ID.fullmatch(name) is not None) is is_id


def test_a_complete_capture_has_no_strays(folder: Path) -> None:
    assert list(strays(folder, {ONE})) == []


@pytest.mark.parametrize(
    ("name", "place", "found"),
    [
        ("notes.txt", "notes.txt", "belongs to no exchange"),
        ("messages/notes.txt", "messages/notes.txt", "belongs to no exchange"),
        (f"{ONE}/third.body", f"{ONE}/third.body", "belongs to no exchange"),
        (".partial/000002/request.body", ".partial", "a temporary file"),
        ("capture.json.new", "capture.json.new", "a temporary file"),
        ("other/20260101_000000_000002_get-x/", "other/20260101_000000_000002_get-x", "a folder without exchange.json"),
        (
            "other/20260101_000000_000002_get-x/exchange.json",
            "other/20260101_000000_000002_get-x",
            "an exchange without a line",
        ),
        ("empty/", "empty", "belongs to no exchange"),
    ],
)
def test_a_stray_is_one_problem_at_its_outermost_place(folder: Path, name: str, place: str, found: str) -> None:
    assert stray(folder, name) == [(place, found)]


def test_a_link_is_a_problem_and_is_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "file").write_bytes(b"")
    (folder / "messages" / "link").symlink_to(tmp_path / "elsewhere")
    assert [(each.place, each.found) for each in strays(folder, {ONE})] == [("messages/link", "a symbolic link")]


def test_a_problem_is_a_line_with_place_found_expected_and_remedy() -> None:
    assert str(Problem("a", "b", "c", "d")) == "a: b; expected c; d"


def test_paths_come_in_order_of_name_each_folder_before_its_content(folder: Path) -> None:
    names = [
        "capture.json",
        "index.jsonl",
        "messages",
        ONE,
        *(f"{ONE}/{name}" for name in ("exchange.json", "request.body", "response.body")),
    ]
    assert [path.relative_to(folder).as_posix() for path in walk(folder)] == names


@given(st.sets(st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map("/".join), max_size=8))
def test_every_path_is_visited_once(names: set[str]) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for name in names:
            (folder / name).mkdir(parents=True, exist_ok=True)
        paths = list(walk(folder))
        assert sorted(paths) == sorted(folder.rglob("*"))
        assert all(path.parent == folder or paths.index(path.parent) < paths.index(path) for path in paths)


def test_a_private_capture_has_no_problem_of_modes(folder: Path) -> None:
    assert list(modes(folder)) == []


@pytest.mark.parametrize(
    ("name", "mode", "message"),
    [
        ("index.jsonl", 0o640, "index.jsonl: mode 0640; expected 0600; run chmod 600 on it"),
        (ONE, 0o755, f"{ONE}: mode 0755; expected 0700; run chmod 700 on it"),
    ],
)
def test_a_mode_that_gives_others_access_is_a_problem(folder: Path, name: str, mode: int, message: str) -> None:
    (folder / name).chmod(mode)
    assert [(str(problem), problem.note) for problem in modes(folder)] == [(message, False)]


def test_where_modes_are_not_kept_they_are_one_note(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o777)
    (note,) = modes(folder)
    assert (note.place, note.found, note.note) == (".", "mode 0777, and wrong modes in 7 more places", True)
