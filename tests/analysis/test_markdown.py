"""Tables in Markdown, and values that are too long for them."""

from wirelore.analysis.markdown import short, table


def test_numbers_are_right_aligned_and_an_empty_table_is_a_sentence() -> None:
    assert table(["a", "b"], [("x", 12345)]) == ["| a | b |", "| --- | ---: |", "| x | 12,345 |", ""]
    assert table(["a"], [], "Nothing.") == ["Nothing.", ""]


def test_long_values_are_cut_in_the_middle() -> None:
    assert short("a" * 80) == "a" * 80
    assert len(short("a" * 500)) < 80
