"""The README's own commands, run: every fenced block below a line `<!-- ci -->`, in bash -e, in the project's root.

In a `console` block the lines that begin with `$ ` are commands and the rest is output; in a `sh` block every line is
a command. `<!-- ci exit=1 -->` says with which code the block ends. Prints what it runs; exits with 1 if a block ends
otherwise.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
_BLOCK = re.compile(
    r"^<!-- ci(?: exit=(?P<code>\d+))? -->\n+```(?P<kind>console|sh)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL
)


class Block(NamedTuple):
    """A block of commands: the line of the file it stands on, the exit code it promises, its script."""

    line: int
    code: int
    script: str


def blocks(markdown: str) -> Iterator[Block]:
    """The marked blocks of a page, in order. Raises ValueError for a mark without a block that can be run."""
    found = list(_BLOCK.finditer(markdown))
    for mark in re.finditer(r"^<!-- ci\b.*$", markdown, re.MULTILINE):
        if all(mark.start() != match.start() for match in found):
            line = markdown.count("\n", 0, mark.start()) + 1
            raise ValueError(f"line {line}: {mark[0]} has no ```console or ```sh block below it")
    for match in found:
        body = match["body"]
        script = _typed(body) if match["kind"] == "console" else body
        yield Block(markdown.count("\n", 0, match.start()) + 1, int(match["code"] or 0), script)


def _typed(body: str) -> str:
    """The commands of a console block; a command that ends in a backslash goes on in the next line."""
    lines: list[str] = []
    continued = False
    for line in body.splitlines():
        if continued or line.startswith("$ "):
            lines.append(line if continued else line[2:])
            continued = line.endswith("\\")
    return "".join(line + "\n" for line in lines)


def main() -> int:
    """Runs the marked blocks of the README; the exit code."""
    environment = dict(os.environ, PATH=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    wrong = 0
    for block in blocks((ROOT / "README.md").read_text(encoding="utf-8")):
        print(f"README.md:{block.line}", flush=True)
        script = f"set -ev\n{block.script}"
        done = subprocess.run(["bash", "-c", script], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False)
        if done.returncode != block.code:
            print(f"README.md:{block.line}: ended with {done.returncode}, expected {block.code}", file=sys.stderr)
            wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
