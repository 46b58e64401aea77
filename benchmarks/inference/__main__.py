"""Print the four tables of docs/measured.md on learned schemas; progress goes to stderr.

Run: python -m benchmarks.inference [--table 1|2|3|4] [--markdown FILE]
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.inference import corpus as recordings
from benchmarks.inference import pages, peers_page
from benchmarks.inference.study import Study

TABLES: dict[str, Callable[[Study], Iterator[str]]] = {
    "1": pages.soundness,
    "2": pages.generalisation,
    "3": pages.sensitivity,
    "4": peers_page.comparison,
}


def main() -> None:
    """Print the selected tables."""
    chosen = _arguments()
    with tempfile.TemporaryDirectory(prefix="wirelore-benchmark-") as folder:
        try:
            source = recordings.real_folder()
        except recordings.NoCorpus as reason:
            sys.exit(f"not measured: {reason}")
        study = Study(recordings.corpus(source, Path(folder) / "captures"), Path(folder))
        text = "\n".join(_timed(number, study) for number in sorted(chosen.table or TABLES))
    sys.stdout.write(text)
    if chosen.markdown:
        chosen.markdown.write_text(text, "utf-8")


def _timed(number: str, study: Study) -> str:
    begin = time.perf_counter()
    text = "\n".join(TABLES[number](study))
    spent = time.perf_counter() - begin
    print(f"table {number}: {spent:.0f} s", file=sys.stderr)
    return f"{text}\nTable {number} took {spent:.0f} s.\n"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.inference", description=__doc__)
    parser.add_argument("--table", action="append", choices=sorted(TABLES), help="a table to print; all without it")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the tables to this file as well")
    return parser.parse_args()


if __name__ == "__main__":
    main()
