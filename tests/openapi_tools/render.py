"""Render a document as a self-contained HTML page: `python -m tests.openapi_tools.render DOCUMENT PAGE`."""

import sys
import tempfile
from pathlib import Path

from tests.openapi_tools import linter


def page(document: Path, target: Path) -> None:
    """Write the page with Redoc, including the evidence. Raise RuntimeError with the tool's output."""
    linter.REDOCLY.install()
    target.parent.mkdir(parents=True, exist_ok=True)
    options = ["--inlineBundle", "--openapi.showExtensions", f"--output={target.resolve()}"]
    with tempfile.TemporaryDirectory() as folder:
        done = linter.run(["build-docs", str(document.resolve()), *options], Path(folder))
    if done.returncode:
        raise RuntimeError(f"redocly build-docs ended with code {done.returncode}:\n{done.stdout}\n{done.stderr}")


if __name__ == "__main__":
    page(Path(sys.argv[1]), Path(sys.argv[2]))
    print(f"wrote {sys.argv[2]}")
