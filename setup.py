"""What pyproject.toml cannot say: the content of the top-level folders travels in the wheel, below `wirelore/data`.

A wheel is built from an empty folder: what an earlier build left behind cannot travel. The copied files are named by
patterns that no recording matches.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

from setuptools import setup
from setuptools.command.build import build
from setuptools.command.build_py import build_py

CONTENT = (
    "addons/*.py",
    "analyzers/*.py",
    "schemas/*.json",
    "schemas/*/*.json",
    "captures/samples/*/capture.json",
    "captures/samples/*/index.jsonl",
    "captures/samples/*/*/*/exchange.json",
    "captures/samples/*/*/*/request.body",
    "captures/samples/*/*/*/response.body",
)
"""Patterns of the files that are copied, relative to the root."""
RECORDED = frozenset({"capture.json", "exchange.json", "index.jsonl"})
"""Names of a recording's own files; they travel from `captures/samples` alone."""
ROOT = Path(__file__).resolve().parent


def content() -> Iterator[Path]:
    """The files to copy, relative to the root."""
    for pattern in CONTENT:
        for path in sorted(ROOT.glob(pattern)):
            if pattern.startswith("captures/samples/") or path.name not in RECORDED:
                yield path.relative_to(ROOT)


class CleanBuild(build):
    """The build, begun by emptying its own folder: setuptools packs whatever it finds there."""

    def run(self) -> None:
        """Empties the folder, then builds."""
        shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()


class BuildWithContent(build_py):
    """The modules, and the content beside them. An editable install reads the content where it lies."""

    def run(self) -> None:
        """Builds, then copies the content."""
        super().run()
        if self.editable_mode:
            return
        for name in content():
            target = Path(self.build_lib) / "wirelore" / "data" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target)


setup(cmdclass={"build": CleanBuild, "build_py": BuildWithContent})
