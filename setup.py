"""The build steps that pyproject.toml cannot express: they copy top-level folders to `wirelore/data`.

A wheel is built from an empty folder, so that it has no file of an earlier build. The copied files are selected by
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
"""File names of a capture; such files are copied only from `captures/samples`."""
ROOT = Path(__file__).resolve().parent


def content() -> Iterator[Path]:
    """Yield the files to copy, relative to the root."""
    for pattern in CONTENT:
        for path in sorted(ROOT.glob(pattern)):
            if pattern.startswith("captures/samples/") or path.name not in RECORDED:
                yield path.relative_to(ROOT)


class CleanBuild(build):
    """A build that empties its folder first, because setuptools packs every file in it."""

    def run(self) -> None:
        """Empty the folder, then build."""
        shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()


class BuildWithContent(build_py):
    """A build of the modules and the content. An editable install reads the content from the checkout."""

    def run(self) -> None:
        """Build the modules, then copy the content."""
        super().run()
        if self.editable_mode:
            return
        for name in content():
            target = Path(self.build_lib) / "wirelore" / "data" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target)


setup(cmdclass={"build": CleanBuild, "build_py": BuildWithContent})
