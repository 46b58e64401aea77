"""Locations of the packaged content: addons, analyzers, schemas and sample captures.

In a checkout they are the top-level folders; a wheel has a copy of them in `wirelore/data`.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_COPY = _PACKAGE / "data"

SEARCH_PATH = _PACKAGE.parent
"""The folder that contains the package, for the module search path."""
ROOT = _COPY if _COPY.is_dir() else SEARCH_PATH
"""The folder with `addons`, `analyzers`, `captures/samples` and `schemas`."""
ADDONS = ROOT / "addons"
ANALYZERS = ROOT / "analyzers"
SAMPLES = ROOT / "captures" / "samples"
SCHEMAS = ROOT / "schemas"
