"""The samples of a place: which exchanges are counted, and how often."""

from pathlib import Path

from tests.analysis.test_explain import FIRST, SECOND, explained, reasons, sent


def test_ten_different_observations_make_a_rule_and_repeated_ones_do_not(tmp_path: Path) -> None:
    assert reasons(tmp_path / "ten", range(10)) == ["required: present in all 10"]
    (same,) = reasons(tmp_path / "same", [1] * 10)
    assert same == (
        f"required: present in all 10, not enforced yet: 1 distinct observation of 10 needed: {FIRST}, {SECOND}, …"
    )


def test_only_exchanges_with_the_named_hosts_are_read(tmp_path: Path) -> None:
    both = [sent({"a": 1}), sent({"b": 1}, host="other.example")]
    text = explained(tmp_path, "request-bodies#/body", *both, hosts=("other.example",))
    assert (SECOND in text, FIRST in text) == (True, False)
