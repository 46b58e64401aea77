"""What pyproject.toml cannot say: a wheel is built from nothing, so what an earlier build left behind cannot travel."""

import shutil

from setuptools import setup
from setuptools.command.build import build


class CleanBuild(build):
    """The build, begun by emptying its own folder: setuptools packs whatever it finds there."""

    def run(self) -> None:
        """Empties the folder, then builds."""
        shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()


setup(cmdclass={"build": CleanBuild})
