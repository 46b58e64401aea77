"""Fixtures: each session is recorded once with each version of the CLI."""

from collections.abc import Callable
from functools import cache

import pytest

from tests import npm
from tests.real_cli.sessions import SESSIONS, Run, run
from wirelore.matrix import real_cli


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Run]:
    """Record a session with a version; skip the test if the version is not in the cache and npm is not reachable."""

    @cache
    def once(version: str, session: str) -> Run:
        return run(SESSIONS[session], version, real_cli.default_cache(), tmp_path_factory.mktemp(session))

    def ready(version: str, session: str) -> Run:
        if reason := _unreachable(version):
            pytest.skip(f"CLI {version} is not in {real_cli.default_cache()}, and npm is not reachable: {reason}")
        if reason := _not_installed(version):
            pytest.fail(reason)
        return once(version, session)

    return ready


@cache
def _unreachable(version: str) -> str:
    """Return why npm cannot provide a version that is not in the cache, or an empty text."""
    return "" if real_cli.installed(version, real_cli.default_cache()) else npm.unreachable(real_cli.PACKAGE, version)


@cache
def _not_installed(version: str) -> str:
    """Return why a version could not be installed, or an empty text."""
    try:
        real_cli.install(version, real_cli.default_cache())
    except real_cli.CannotInstall as fault:
        return str(fault)
    return ""
