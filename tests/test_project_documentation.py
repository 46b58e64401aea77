"""The documentation: its examples are run by `make test-docs`, and it names every option, command and page."""

import re
from pathlib import Path

import click
import pytest

from tests.project import ROOT, ci_script
from wirelore.cli.main import main

PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md"))]
PAGE = """
<!-- ci -->
```console
$ echo one \\
    two
one two
$ echo three; echo four
three
…
```

```sh
never run
```

<!-- by hand: needs a client -->
```console
$ client
```

<!-- ci exit=1 -->
```console
$ false
```
"""


documented_commands = ci_script("documented_commands")


def test_the_marked_blocks_of_a_page_become_commands_with_their_output() -> None:
    assert [
        (example.line, [tuple(command) for command in example.commands], example.code)
        for example in documented_commands.examples(PAGE)
    ] == [
        (3, [("echo one \\\n    two", ("one two",)), ("echo three; echo four", ("three", "…"))], 0),
        (22, [("false", ())], 1),
    ]


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("```console\n$ true\n```\n", "line 1: no <!-- ci -->"),
        ("<!-- ci -->\n\ntext\n\n```console\n$ true\n```\n", "line 5: no <!-- ci -->"),
        ("<!-- by hand: -->\n```console\n$ true\n```\n", "line 2: no <!-- ci -->"),
        ("<!-- ci -->\n```console\noutput\n```\n", "line 2: the console block does not begin with a command"),
    ],
    ids=["no mark", "mark elsewhere", "no reason", "no command"],
)
def test_a_block_without_mark_or_command_is_an_error_with_its_line(page: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        list(documented_commands.examples(page))


@pytest.mark.parametrize(
    ("expected", "printed", "equal"),
    [
        (("one", "two"), "one\ntwo\n", True),
        (("one",), "one\ntwo\n", False),
        (("one", "…"), "one\n", True),
        (("one", "…", "four"), "one\ntwo\nthree\nfour\n", True),
        (("…", "two"), "one\ntwo\nthree\n", False),
        (("1 … of 3",), "1 (of 2) of 3\n", True),
        (("1 … of 3",), "1\n of 3\n", False),
        (("a.c",), "abc\n", False),
        (("one   two three",), "one\ttwo three\n", True),
        (("one two",), "one\ttwo\n", False),
        ((), "", True),
        ((), "one\n", False),
    ],
)
def test_an_ellipsis_stands_for_lines_or_for_a_part_of_a_line(
    expected: tuple[str, ...], printed: str, equal: bool
) -> None:
    assert documented_commands.matches(expected, printed) is equal


def test_a_command_that_prints_or_returns_something_else_is_a_difference(tmp_path: Path) -> None:
    (example,) = documented_commands.examples("<!-- ci -->\n```console\n$ echo two; exit 3\none\n```\n")
    assert list(documented_commands.differences(example, tmp_path, {})) == [
        "$ echo two; exit 3\n--- page\n+++ printed\n@@ -1 +1 @@\n-one\n+two",
        "$ echo two; exit 3\nexit code 3, expected 0",
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.name))
def test_every_console_block_is_run_or_says_why_not(page: Path) -> None:
    assert list(documented_commands.examples(page.read_text(encoding="utf-8"))) is not None


def test_every_page_is_in_the_contents_of_the_site() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    entries = re.findall(r"^[a-z-]+$", index, re.MULTILINE)
    assert sorted(entries) == sorted(path.stem for path in ROOT.glob("docs/*.md") if path.stem != "index")


def test_every_command_is_named_on_a_page_about_a_task() -> None:
    tasks = re.search(
        r":caption: Tasks\n\n(.*?)```", (ROOT / "docs" / "index.md").read_text(encoding="utf-8"), re.DOTALL
    )
    assert tasks
    text = "\n".join((ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in tasks[1].split())
    assert isinstance(main, click.Group)
    assert {name for name in main.commands if not re.search(rf"\bwirelore {name}\b|`{name}`", text)} == set()


def test_every_option_has_a_help_text() -> None:
    assert isinstance(main, click.Group)
    undocumented = {
        f"{name} {parameter.opts[-1]}"
        for name, command in main.commands.items()
        for parameter in command.params
        if isinstance(parameter, click.Option) and not parameter.help
    }
    assert undocumented == set()


def test_the_readme_has_at_most_150_lines() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150
