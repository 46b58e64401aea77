"""Run Wirelore's learner in a process of its own, to measure its time and memory.

`documents FILE SCHEMAS`: the observations of a file, a JSON line `[analyzer, observation, client]` each, all of
different exchanges; reading and parsing them, and writing files, is not counted. `capture FOLDER SCHEMAS`: all that
`learn` does with a capture. SCHEMAS is a folder that is made. Prints the seconds.
"""

import json
import sys
import time
from pathlib import Path

from benchmarks.inference.teaching import blank
from wirelore.analysis.learn import learn
from wirelore.learning.learner import Learner, Origin
from wirelore.learning.schema_writer import to_schema
from wirelore.model.routes import packaged
from wirelore.store.writer import Capture


def documents(source: Path, schemas: Path) -> float:
    """Learn observations one by one; return the seconds."""
    learner = Learner(blank(schemas))
    spent = 0.0
    with source.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            analyzer, observation, client = json.loads(line)
            origin = Origin(f"{number:08x}")
            begin = time.perf_counter()
            learner.add(analyzer, observation, client, origin)
            spent += time.perf_counter() - begin
    begin = time.perf_counter()
    for _, nodes in learner.learned().values():
        for node in nodes.values():
            to_schema(node)
    return spent + time.perf_counter() - begin


def capture(folder: Path, schemas: Path) -> float:
    """Learn a capture; return the seconds."""
    blank(schemas)
    begin = time.perf_counter()
    learn([Capture(folder, packaged())], schemas)
    return time.perf_counter() - begin


def main() -> None:
    """Run the mode of the first argument."""
    what, source, schemas = sys.argv[1:]
    print({"documents": documents, "capture": capture}[what](Path(source), Path(schemas)))


if __name__ == "__main__":
    main()
