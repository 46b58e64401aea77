"""Clients of the matrix: how they are parsed, and their command line for a step."""

import sys
from pathlib import Path

import pytest

from wirelore.matrix.agent_client import Client, NotSupported, parsed
from wirelore.matrix.agent_scenario import Step, Terminal

_AGENT = Path("/x/claude")


def test_a_version_of_the_cli_is_named_by_its_version_alone() -> None:
    client = parsed("claude@2.0.56")
    assert (client, str(client), client.folder) == (Client("claude", "2.0.56"), "claude@2.0.56", "claude-2.0.56")


def test_a_command_is_found_on_path_and_its_files_by_their_absolute_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "agent.py").touch()
    client = parsed("mine@1=sh ./agent.py '{prompt} now' --model={model}")
    assert (str(client), client.folder) == ("mine@1", "mine-1")
    assert (Path(client.command[0]).name, client.files[-1]) == ("sh", tmp_path / "agent.py")
    line = client.line(Step(prompt="Say hello.", model="haiku"), None, "s")
    assert line[1:] == [str(tmp_path / "agent.py"), "Say hello. now", "--model=haiku"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("claude", "expected claude@VERSION, or a command: claude='COMMAND {prompt}'"),
        ("mine", "expected claude@VERSION, or a command: mine='COMMAND {prompt}'"),
        ("../x=sh", "with letters, digits and ._+- in NAME"),
        ("mine=", "command missing after '='"),
        ("mine=sh '", "No closing quotation"),
        ("mine=sh {promt}", "unknown placeholder {promt}; expected one of {prompt}, {arguments}, {model}, {session}"),
        ("mine=no-such-command {prompt}", "no-such-command: no such command"),
        ("mine=./no-such {prompt}", "./no-such: no such command"),
    ],
)
def test_a_malformed_client_is_refused_with_the_expected_form(text: str, message: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the text is asserted
        parsed(text)
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("step", "line"),
    [
        pytest.param(Step(prompt="Hi."), ["-p", "Hi."], id="prompt"),
        pytest.param(Step(input="Hi."), ["-p"], id="standard-input"),
        pytest.param(
            Step(prompt="Hi.", model="haiku", arguments=("--session-id", "{session}")),
            ["-p", "Hi.", "--model", "haiku", "--session-id", "s"],
            id="model-and-arguments",
        ),
        pytest.param(Step(terminal=Terminal(send=()), arguments=("-c",)), ["-c"], id="terminal"),
    ],
)
def test_a_step_makes_a_command_line_of_the_cli(step: Step, line: list[str]) -> None:
    assert Client("claude", "1").line(step, _AGENT, "s") == [str(_AGENT), *line]


def test_arguments_are_inserted_at_their_placeholder() -> None:
    client = Client("mine", command=(sys.executable, "{arguments}", "--", "{session}"))
    assert client.line(Step(arguments=("-a", "{session}")), None, "s") == [sys.executable, "-a", "s", "--", "s"]


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (Step(prompt="x"), "the scenario needs {prompt}, which is missing from the command"),
        (Step(arguments=("-a",)), "the scenario needs {arguments}, which is missing from the command"),
        (Step(model="haiku"), "the scenario needs {model}, which is missing from the command"),
        (Step(input=""), "the scenario needs a standard input; a command has no placeholder for that"),
        (Step(terminal=Terminal(send=())), "the scenario needs a terminal; a command has no placeholder for that"),
    ],
)
def test_a_step_that_the_command_cannot_express_is_not_supported(step: Step, message: str) -> None:
    with pytest.raises(NotSupported) as refused:
        Client("mine", command=("sh",)).line(step, None, "s")
    assert str(refused.value) == message
