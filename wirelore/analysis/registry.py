"""The registry: every analyzer, loaded from the folder `analyzers`."""

import importlib.util
import sys
from functools import cache
from pathlib import Path

from wirelore.analysis.contract import Analyzer
from wirelore.model.packaged import ANALYZERS

_PREFIX = "wirelore_analyzers."
"""What precedes a module's name in `sys.modules`: no package of a user's has that name."""


@cache
def registry() -> dict[str, Analyzer]:
    """Every analyzer by its id, sorted: each module of the folder holds exactly one."""
    found = {}
    for path in sorted(ANALYZERS.glob("[a-z]*.py")):
        (one,) = [member for member in vars(_load(path)).values() if isinstance(member, Analyzer)]
        found[one.id] = one
    return dict(sorted(found.items()))


def _load(path: Path) -> object:
    spec = importlib.util.spec_from_file_location(_PREFIX + path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path}: not a Python module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
