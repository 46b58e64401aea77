"""GenSON over groups of documents, in the environment that has it: a script of its own, run by that interpreter.

Arguments: a file with a JSON line `[group, document]` for each document, and the file to write the schemas to as JSON
by group. Prints the seconds that GenSON took, reading and parsing not counted.
"""

import importlib
import json
import sys
import time
from pathlib import Path


def main() -> None:
    """Infers a schema for each group."""
    source, target = map(Path, sys.argv[1:])
    genson = importlib.import_module("genson")
    builders = {}
    spent = 0.0
    with source.open(encoding="utf-8") as lines:
        for line in lines:
            group, document = json.loads(line)
            if group not in builders:
                builders[group] = genson.SchemaBuilder()
            begin = time.perf_counter()
            builders[group].add_object(document)
            spent += time.perf_counter() - begin
    begin = time.perf_counter()
    schemas = {group: builder.to_schema() for group, builder in builders.items()}
    spent += time.perf_counter() - begin
    target.write_text(json.dumps(schemas), "utf-8")
    print(spent)


if __name__ == "__main__":
    main()
