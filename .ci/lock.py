"""Write requirements/*.txt: every package that development and continuous integration install, with its hashes.

`python .ci/lock.py`, with uv in the same environment (`make lock` sees to that). All extras are resolved together, for
every supported Python, so that any two files can be installed into one environment. Then they are split:
`dev.txt` holds the dependencies and the extras `dev` and `parquet`; `docs.txt`, `outside.txt` and `fuzz.txt` hold what
their extra adds to it; and `build.txt` what builds the project and any dependency that has no wheel.
"""

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BASE = ("dev", "parquet")
"""The extras of `dev.txt`."""
BUILD = "setuptools"
"""The package in `build.txt`; `dev.txt` contains it as well."""
ADDED = ("docs", "outside", "fuzz")
"""The extras with a file of their own."""
_OPTIONS = (
    "--quiet",
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-header",
    "--no-annotate",
)
_ENTRY = re.compile(r"^(?P<head>[^\s#].*?)(?: \\\n[^\\\n]*)*\n", re.MULTILINE)
_HEAD = "# {summary} Written by `make lock`; not edited by hand.\n"


def resolved(extras: Sequence[str], constraints: str = "") -> str:
    """Return the pinned requirements of the project with these extras, as a requirements file.

    The pins in `constraints` apply. Raise CalledProcessError if uv finds no solution; it prints the reason to stderr.
    """
    command = [sys.executable, "-m", "uv", "pip", "compile", *_OPTIONS, *(f"--extra={extra}" for extra in extras)]
    bound = ["--constraints=-"] if constraints else []
    return subprocess.run(
        [*command, *bound, "pyproject.toml"], cwd=ROOT, input=constraints, stdout=subprocess.PIPE, text=True, check=True
    ).stdout


def entries(requirements: str) -> Iterator[tuple[str, str]]:
    """Yield the entries of a requirements file: name, version and marker as one text, and the entry with its hashes."""
    for match in _ENTRY.finditer(requirements):
        yield match["head"], match[0]


def files() -> Iterator[tuple[str, str]]:
    """Yield the name and the content of each file."""
    everything = resolved([*BASE, *ADDED])
    base = resolved(BASE, everything)
    yield "dev.txt", _HEAD.format(summary="The project's dependencies and the extras dev and parquet.") + base
    build = (entry for head, entry in entries(base) if head.startswith(f"{BUILD}=="))
    yield (
        "build.txt",
        _HEAD.format(summary="What builds the project and dependencies that have no wheel.") + "".join(build),
    )
    there = {head for head, _ in entries(base)}
    for extra in ADDED:
        added = [entry for head, entry in entries(resolved([*BASE, extra], everything)) if head not in there]
        yield f"{extra}.txt", _HEAD.format(summary=f"The extra {extra} adds this to dev.txt.") + "".join(added)


def main() -> None:
    """Resolve all files, write them and print their names."""
    folder = ROOT / "requirements"
    folder.mkdir(exist_ok=True)
    for name, content in list(files()):
        (folder / name).write_text(content, encoding="utf-8")
        print(f"requirements/{name}: {sum(1 for _ in entries(content))} entries")


if __name__ == "__main__":
    main()
