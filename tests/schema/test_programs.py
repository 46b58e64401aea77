"""Programs of recordings."""

import pytest

from wirelore.schema.programs import Program, program


@pytest.mark.parametrize(
    ("labels", "clients", "expected"),
    [
        ({"client": "claude", "version": "2.0.56"}, ["axios/1.8.4"], Program("claude-cli", "2.0.56")),
        ({"client": "mine"}, ["claude-cli/2.0.56"], Program("mine")),
        ({}, ["axios/1.8.4", "claude-cli/2.0.56", "claude-code/2.0.56"], Program("claude-cli", "2.0.56")),
        ({}, ["claude-cli/2.0.56", "claude-cli/2.1.112"], None),
        ({}, ["axios/1.8.4", "claude-cli"], None),
        ({}, [], None),
    ],
    ids=["labels", "labels of another", "two user agents of one", "two versions", "no version", "nothing"],
)
def test_the_program_of_a_recording_comes_from_labels_or_user_agents(
    labels: dict[str, str], clients: list[str], expected: Program | None
) -> None:
    assert program(labels, clients) == expected


def test_a_program_is_written_with_its_version_if_it_has_one() -> None:
    assert (str(Program("a", "1.0")), str(Program("a")), str(Program(""))) == ("a/1.0", "a", "")
