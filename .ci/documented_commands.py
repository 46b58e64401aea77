"""Run the console examples of the README and of docs/*.md, and compare their output with the output on the page.

Every ```console block has a comment on the line before it:

    <!-- ci -->                  run it; the last command exits with 0
    <!-- ci exit=1 -->           run it; the last command exits with 1
    <!-- by hand: REASON -->     do not run it

In a block, a line that begins with `$ ` is a command, and the lines after it are its output (stdout and stderr). A line
`…` stands for any number of lines, and `…` within a line for any text; two or more spaces stand for any white space.
The commands of a page run in a temporary folder
that shows the files of the project; what they write stays there.

`python .ci/documented_commands.py [PAGE...]` prints each block that it runs and a diff for each one that differs, and
exits with 1 if a block differs.
"""

import difflib
import itertools
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
ELLIPSIS = "…"
_DIFF_LINES = 20
_FENCE = re.compile(r"^```console\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_MARK = re.compile(r"<!-- (?:ci(?: exit=(?P<code>\d+))?|by hand: (?P<reason>\S.*)) -->\Z")


class Command(NamedTuple):
    """A command of an example and the lines that it is expected to print."""

    script: str
    output: tuple[str, ...]


class Example(NamedTuple):
    """A console block that CI runs: the line of its fence, its commands, and the exit code of the last one."""

    line: int
    commands: tuple[Command, ...]
    code: int


def examples(markdown: str) -> Iterator[Example]:
    """Yield the examples of a page that CI runs.

    Raises ValueError for a block that has no mark, or no command.
    """
    for fence in _FENCE.finditer(markdown):
        line = markdown.count("\n", 0, fence.start()) + 1
        mark = _MARK.search(markdown[: fence.start()].rstrip())
        if mark is None:
            raise ValueError(f"line {line}: no <!-- ci --> or <!-- by hand: REASON --> before the console block")
        commands = tuple(_commands(fence["body"].splitlines(), line))
        if mark["reason"] is None:
            yield Example(line, commands, int(mark["code"] or 0))


def _commands(lines: list[str], start: int) -> Iterator[Command]:
    if not lines or not lines[0].startswith("$ "):
        raise ValueError(f"line {start}: the console block does not begin with a command ($ ...)")
    while lines:
        script = [lines.pop(0)[2:]]
        while script[-1].endswith("\\") and lines:
            script.append(lines.pop(0))
        end = next((index for index, text in enumerate(lines) if text.startswith("$ ")), len(lines))
        yield Command("\n".join(script), tuple(lines[:end]))
        del lines[:end]


def matches(expected: tuple[str, ...], printed: str) -> bool:
    """Return True if an output is as expected; `…` in the expected lines stands for anything."""
    return re.fullmatch("".join(_pattern(text) for text in expected), printed) is not None


def _pattern(text: str) -> str:
    if text == ELLIPSIS:
        return r"(?:.*\n)*?"
    parts = [r"[ \t]+".join(map(re.escape, re.split(" {2,}", part))) for part in text.split(ELLIPSIS)]
    return ".*".join(parts) + r"\n"


def differences(example: Example, folder: Path, environment: dict[str, str]) -> Iterator[str]:
    """Run an example in a folder, and yield a text for each command that prints or returns something else."""
    for number, command in enumerate(example.commands, 1):
        run = subprocess.run(
            ["bash", "-c", command.script],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        printed = run.stdout.decode()
        if not matches(command.output, printed):
            diff = difflib.unified_diff(command.output, printed.splitlines(), "page", "printed", lineterm="", n=1)
            yield "\n".join([f"$ {command.script}", *itertools.islice(diff, _DIFF_LINES)])
        expected_code = example.code if number == len(example.commands) else 0
        if run.returncode != expected_code:
            yield f"$ {command.script}\nexit code {run.returncode}, expected {expected_code}"


def main(pages: list[Path]) -> int:
    """Run the examples of the pages and return the exit code."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = dict(os.environ, PATH=path, COLUMNS="100", NO_COLOR="1")
    code = 0
    for page in pages:
        with tempfile.TemporaryDirectory() as folder:
            for entry in ROOT.iterdir():
                (Path(folder) / entry.name).symlink_to(entry)
            for example in examples(page.read_text(encoding="utf-8")):
                name = f"{page.relative_to(ROOT)}:{example.line}"
                print(name, flush=True)
                for difference in differences(example, Path(folder), environment):
                    code = 1
                    print(f"{name}: {difference}", file=sys.stderr, flush=True)
    return code


if __name__ == "__main__":
    sys.exit(
        main([Path(name).resolve() for name in sys.argv[1:]] or [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md"))])
    )
