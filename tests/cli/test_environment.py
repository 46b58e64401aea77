"""Options from the environment: their names, how values are read, and the page that lists them."""

import re

import click
import pytest
from click.testing import CliRunner

from tests.project import ROOT, sources
from wirelore.cli.environment import long_name, page, rows
from wirelore.cli.main import main
from wirelore.model.packaged import SAMPLES

SAMPLE = str(SAMPLES / "messages")


def _analyze(*arguments: str, **environment: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["analyze", SAMPLE, *arguments], env=environment)
    return result.exit_code, result.stdout[:1], result.stderr


def test_the_page_is_what_make_docs_writes() -> None:
    assert (ROOT / "docs" / "environment.md").read_text(encoding="utf-8") == page(main)


def test_every_option_of_every_command_has_one_variable() -> None:
    options = {
        (name, long_name(option))
        for name, command in main.commands.items()
        for option in command.params
        if isinstance(option, click.Option)
    }
    listed = [(name, row.option) for row in rows(main) for name in row.commands]
    assert sorted(listed) == sorted(options)
    assert all(re.fullmatch(r"WIRELORE(_[A-Z]+)+", row.variable) for row in rows(main))


def test_the_page_lists_every_variable_that_the_package_reads() -> None:
    own = (ROOT / name for name in sources() if name.parts[0] in ("wirelore", "addons") and name.suffix == ".py")
    read = {name for path in own for name in re.findall(r'"(WIRELORE_[A-Z_]+)"', path.read_text(encoding="utf-8"))}
    assert "WIRELORE_CAPTURES" in read
    assert {name for name in read if f"`{name}" not in page(main)} == set()


@pytest.mark.parametrize("command", sorted(main.commands))
def test_the_help_names_the_variables(command: str) -> None:
    shown = "".join(CliRunner().invoke(main, [command, "--help"]).stdout.split())
    named = [row.variable for row in rows(main) if command in row.commands]
    assert [name for name in named if f"envvar:{name}" not in shown] == []


def test_a_variable_sets_the_option_and_the_command_line_wins() -> None:
    assert _analyze(WIRELORE_ANALYZE_FORMAT="json") == (0, "{", "")
    assert _analyze("--format", "markdown", WIRELORE_ANALYZE_FORMAT="json") == (0, "#", "")


def test_a_variable_of_another_command_and_an_empty_one_set_nothing() -> None:
    plain = _analyze()
    assert plain[0] == 0
    assert plain[1] not in "{#"
    assert _analyze(WIRELORE_CLAIMS_FORMAT="json") == plain
    assert _analyze(WIRELORE_ANALYZE_FORMAT="") == plain


def test_a_value_that_the_option_refuses_is_an_error_that_names_the_variable() -> None:
    code, out, err = _analyze(WIRELORE_ANALYZE_FORMAT="pdf")
    assert (code, out) == (2, "")
    assert "'--format' (env var: 'WIRELORE_ANALYZE_FORMAT'): 'pdf' is not one of 'text', 'json'" in err
