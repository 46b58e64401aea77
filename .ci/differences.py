"""Print the packages of an environment whose versions differ from requirements/*.txt.

`PYTHON .ci/differences.py`, with the Python of the environment, prints a line for each package: its name, the version
in the lock and the installed version. It prints nothing if all are as in the lock.
"""

import importlib.metadata
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

FILES = Path(__file__).resolve().parent.parent / "requirements"


def pins(files: Iterable[Path], environment: Mapping[str, str] | None = None) -> dict[NormalizedName, str]:
    """Return the version of each package in the files, for the markers of an environment (default: this one)."""
    lines = (line for file in files for line in file.read_text(encoding="utf-8").splitlines())
    entries = [Requirement(line.removesuffix("\\")) for line in lines if line[:1].isalnum()]
    markers = dict(environment) if environment is not None else None
    return {
        canonicalize_name(entry.name): str(entry.specifier).removeprefix("==")
        for entry in entries
        if entry.marker is None or entry.marker.evaluate(markers)
    }


def differences(locked: Mapping[NormalizedName, str], installed: Mapping[NormalizedName, str]) -> list[str]:
    """Return a line for each package that is not locked, or is installed in another version than the locked one."""
    return [
        f"{name}: {locked.get(name, 'not')} in the lock, {version} installed"
        for name, version in sorted(installed.items())
        if locked.get(name) != version
    ]


def main() -> None:
    """Print the differences of the running environment."""
    installed = {canonicalize_name(one.name): one.version for one in importlib.metadata.distributions()}
    for name in ("pip", "wirelore"):
        installed.pop(canonicalize_name(name), None)
    sys.stdout.write("".join(f"{line}\n" for line in differences(pins(sorted(FILES.glob("*.txt"))), installed)))


if __name__ == "__main__":
    main()
