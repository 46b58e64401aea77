"""Run GenSON over groups of documents; a script for the interpreter of GenSON's environment.

Arguments: a file with a JSON line `[group, document]` for each document, and the file to write the schemas to as JSON
by group. It prints the seconds that GenSON took, without reading and parsing.
"""

import importlib
import json
import sys
import time
from pathlib import Path


def main() -> None:
    """Infer a schema for each group."""
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
