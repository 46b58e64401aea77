"""Reading the journal, also a truncated one."""

from pathlib import Path

from wirelore.store import journal


def body(kept: int, *chunks: list[int]) -> dict[str, object]:
    return {"kept": kept, "chunks": [list(chunk) for chunk in chunks]}


def test_the_last_document_counts_and_chunks_add_up(tmp_path: Path) -> None:
    journal.add(tmp_path, {"n": 1})
    journal.add(tmp_path, {"n": 2}, {"request": body(1, [0, 1, 5])})
    journal.add(tmp_path, {"n": 3}, {"request": body(3, [1, 2, 6]), "response": body(0)})
    assert journal.read(tmp_path) == (
        {"n": 3},
        {"request": body(3, [0, 1, 5], [1, 2, 6]), "response": body(0)},
    )


def test_a_line_that_was_cut_does_not_count(tmp_path: Path) -> None:
    journal.add(tmp_path, {"n": 1})
    journal.add(tmp_path, {"n": 2})
    path = tmp_path / journal.NAME
    content = path.read_bytes()
    for size in range(content.index(b"\n") + 1, len(content)):
        path.write_bytes(content[:size])
        assert journal.read(tmp_path) == ({"n": 1}, {})


def test_a_journal_without_a_complete_line_is_empty(tmp_path: Path) -> None:
    assert journal.read(tmp_path) is None
    (tmp_path / journal.NAME).write_bytes(b'{"document":{"n":1}}')
    assert journal.read(tmp_path) is None
