"""The history of a client."""

from pathlib import Path

from tests.versions import recorded
from wirelore.compare.client_versions import client_versions
from wirelore.compare.history import history


def test_each_version_is_compared_with_the_next_and_the_first_with_the_last(tmp_path: Path) -> None:
    captures = [recorded(tmp_path, version) for version in ("2.0.9", "2.0.10", "2.1.0")]
    one = history("agent", client_versions(captures, [])["agent"], set())
    assert [(step.before.version, step.after.version, step.page) for step in one.every_step] == [
        ("2.0.9", "2.0.10", "agent-2.0.9-to-2.0.10"),
        ("2.0.10", "2.1.0", "agent-2.0.10-to-2.1.0"),
        ("2.0.9", "2.1.0", "agent-2.0.9-to-2.1.0"),
    ]
    assert one.whole is one.every_step[2]
    assert [step.changes.counted for step in one.every_step] == [(), (), ()]


def test_two_versions_have_one_comparison_and_a_single_one_has_none(tmp_path: Path) -> None:
    versions = client_versions([recorded(tmp_path, version) for version in ("2.0.9", "2.0.10")], [])["agent"]
    assert (history("agent", versions, set()).whole, len(history("agent", versions, set()).every_step)) == (None, 1)
    assert history("agent", versions[:1], set()).every_step == ()


def test_a_name_that_is_taken_gets_a_number(tmp_path: Path) -> None:
    versions = client_versions([recorded(tmp_path, version) for version in ("2.0.9", "2.0.10")], [])["agent"]
    taken = {"agent-2.0.9-to-2.0.10"}
    assert history("agent", versions, taken).steps[0].page == "agent-2.0.9-to-2.0.10-2"
    assert taken == {"agent-2.0.9-to-2.0.10", "agent-2.0.9-to-2.0.10-2"}
