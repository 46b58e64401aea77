"""The project as its own tests see it: the root, the files that git has or would take, the packages' modules."""

import subprocess
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent


@cache
def settings() -> dict[str, Any]:
    """pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@cache
def packages() -> tuple[str, ...]:
    """The packages that are installed, by name: `wirelore` and every package below it."""
    found = (path.parent.relative_to(ROOT) for path in (ROOT / "wirelore").rglob("__init__.py"))
    return tuple(sorted(".".join(folder.parts) for folder in found))


@cache
def sources() -> tuple[Path, ...]:
    """The files that git has or would take, relative to the root; skips the test where there is no git."""
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
    """The Python files of a package or of a folder of files, without those of packages below it."""
    return sorted((ROOT / package.replace(".", "/")).glob("*.py"))


def module_name(path: Path) -> str:
    """The name under which a module of the project is imported."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
