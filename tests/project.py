"""The project's root, settings, files and modules, for the tests of the project itself."""

import importlib.util
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent


@cache
def settings() -> dict[str, Any]:
    """Return the content of pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@cache
def packages() -> tuple[str, ...]:
    """Return the names of the installed packages: `wirelore` and all its subpackages."""
    folders = (path.parent.relative_to(ROOT) for path in (ROOT / "wirelore").rglob("__init__.py"))
    return tuple(sorted(".".join(folder.parts) for folder in folders))


@cache
def sources() -> tuple[Path, ...]:
    """Return the files that git tracks or would add, relative to the root; skip the test if git is missing."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError) as fault:
        pytest.skip(f"git cannot list the project's files ({fault})")
    names = (Path(name) for name in listed.decode().split("\0") if name)
    return tuple(sorted(name for name in names if (ROOT / name).is_file()))


def modules(package: str) -> list[Path]:
    """Return the Python files of a package or folder, without its subpackages."""
    return sorted((ROOT / package.replace(".", "/")).glob("*.py"))


def module_name(path: Path) -> str:
    """Return the import name of a module of the project."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def ci_script(name: str) -> ModuleType:
    """Load a script of .ci as a module."""
    spec = importlib.util.spec_from_file_location(f"ci_{name}", ROOT / ".ci" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
