"""Selection of files in a folder: every kind of file is handled, and no link is followed."""

import os
from pathlib import Path

import pytest

from wirelore.formats import Draft, Problem, Skipped, files, read

STREAM = b"data: 1\n\n"


def _selected(folder: Path) -> tuple[list[str], dict[str, str]]:
    """Return the files to import, and the skipped ones with their reasons, by their paths in the folder."""
    items = list(files([folder]))
    selected = [path.relative_to(folder).as_posix() for path in items if isinstance(path, Path)]
    return selected, {str(item.path.relative_to(folder)): item.reason for item in items if isinstance(item, Skipped)}


def test_no_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.sse").write_bytes(STREAM)
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "own.sse").write_bytes(STREAM)
    (folder / "file.sse").symlink_to(tmp_path / "outside" / "secret.sse")
    (folder / "folder").symlink_to(tmp_path / "outside")
    (folder / "loop").symlink_to(folder)
    (folder / "self").symlink_to("self")
    link = "a symbolic link; give its target to import it"
    assert _selected(folder) == (["own.sse"], dict.fromkeys(("file.sse", "folder", "loop", "self"), link))


def test_pipes_and_sockets_are_skipped_and_given_ones_are_reported(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert _selected(tmp_path) == ([], {"pipe": "not a regular file"})
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        (problem,) = read(path)
        assert isinstance(problem, Problem)
        assert problem.found == "cannot be read (not a regular file; copy its content into one)"


def test_the_depth_of_folders_is_limited(tmp_path: Path) -> None:
    deepest = tmp_path
    for _ in range(110):
        deepest = deepest / "d"
    deepest.mkdir(parents=True)
    (deepest / "a.sse").write_bytes(STREAM)
    selected, skipped = _selected(tmp_path)
    assert (selected, list(skipped.values())) == ([], ["more than 100 folders deep; give its path to import it"])


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_that_must_not_be_read_is_a_problem_and_the_others_are_imported(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir(mode=0)
    (tmp_path / "b.sse").write_bytes(STREAM)
    first, second = files([tmp_path])
    assert isinstance(first, Skipped)
    assert (first.broken, second) == (True, tmp_path / "b.sse")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"a\nb.sse", r"a\nb.sse"),
        (b"\x1b]0;title\x07.sse", r"\x1b]0;title\x07.sse"),
        (b"caf\xe9.sse", r"caf\udce9.sse"),
        ("cafe\u202e.sse".encode(), r"cafe\u202e.sse"),
    ],
    ids=["line end", "escape sequence", "no UTF-8", "right to left"],
)
def test_names_are_shown_in_printable_form(tmp_path: Path, name: bytes, shown: str) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))
    path.write_bytes(b"\0")
    (skipped,) = files([tmp_path])
    assert str(skipped) == f"{tmp_path}/{shown}: not a recording"
    (problem,) = read(path)
    assert str(problem).startswith(f"{shown}: unknown format")


def test_names_of_any_kind_are_imported(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\n.sse"))
    path.write_bytes(STREAM)
    (selected,) = files([tmp_path])
    assert isinstance(selected, Path)
    assert [type(item) for item in read(selected)] == [Draft]
