"""Writing pages as files."""

from pathlib import Path

from wirelore.pages.saving import saved


def test_texts_are_files_with_the_same_bytes_everywhere(tmp_path: Path) -> None:
    assert saved({"b.md": "two\n", "a.md": "é\n"}, tmp_path / "new" / "folder") == [
        tmp_path / "new" / "folder" / "a.md",
        tmp_path / "new" / "folder" / "b.md",
    ]
    assert (tmp_path / "new" / "folder" / "a.md").read_bytes() == "é\n".encode()
