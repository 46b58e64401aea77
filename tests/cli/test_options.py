"""Options that several commands have: a typed choice wins."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tests.cli.test_environment import SAMPLE
from wirelore.cli.environment import LinesParamType
from wirelore.cli.main import main


@pytest.mark.parametrize(
    ("value", "values"),
    [
        pytest.param("Ada Lovelace", ["Ada Lovelace"], id="spaces"),
        pytest.param("a\n\n b \n", ["a", " b "], id="lines"),
        pytest.param("", [], id="empty"),
    ],
)
def test_a_repeatable_option_takes_one_value_a_line(value: str, values: list[str]) -> None:
    assert LinesParamType().split_envvar_value(value) == values


def test_every_repeatable_option_reads_lines() -> None:
    options = [one for command in main.commands.values() for one in command.params if isinstance(one, click.Option)]
    repeatable = [option for option in options if option.multiple]
    assert len(repeatable) >= 8
    assert {type(option.type) for option in repeatable} == {LinesParamType}


@pytest.mark.parametrize(
    ("typed", "environment"),
    [("--once", "KEY"), ("--key", "ONCE")],
    ids=["once-wins-over-the-variable-of-key", "key-wins-over-the-variable-of-once"],
)
def test_a_typed_choice_of_the_key_wins_over_one_from_the_environment(
    tmp_path: Path, typed: str, environment: str
) -> None:
    key = tmp_path / "team.key"
    assert CliRunner().invoke(main, ["key", str(key)]).exit_code == 0
    value = str(key) if environment == "KEY" else "1"
    arguments = ["-v", "receipt", SAMPLE, "-o", str(tmp_path / "out"), typed, *([str(key)] if typed == "--key" else [])]
    result = CliRunner().invoke(main, arguments, env={f"WIRELORE_RECEIPT_{environment}": value})
    assert result.exit_code == 0, result.stderr
    assert ("new, not saved" in result.stderr) == (typed == "--once")
    assert (str(key) in result.stderr) == (typed == "--key")


def test_two_choices_of_the_key_from_one_source_are_refused(tmp_path: Path) -> None:
    key = tmp_path / "team.key"
    assert CliRunner().invoke(main, ["key", str(key)]).exit_code == 0
    arguments = ["receipt", SAMPLE, "-o", str(tmp_path / "out")]
    typed = CliRunner().invoke(main, [*arguments, "--once", "--key", str(key)])
    environment = {"WIRELORE_RECEIPT_ONCE": "1", "WIRELORE_RECEIPT_KEY": str(key)}
    assert [typed.exit_code, CliRunner().invoke(main, arguments, env=environment).exit_code] == [2, 2]
