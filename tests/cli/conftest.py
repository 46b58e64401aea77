"""Each session, recorded once with each version of the CLI."""

from collections.abc import Callable
from functools import cache

import pytest

from clients import cli
from tests import npm
from tests.cli.sessions import SESSIONS, Run, run


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Run]:
    """The run of a session with a version; skips where the version is not in the cache and npm not reachable."""

    @cache
    def once(version: str, session: str) -> Run:
        return run(SESSIONS[session], version, cli.default_cache(), tmp_path_factory.mktemp(session))

    def ready(version: str, session: str) -> Run:
        if reason := _unreachable(version):
            pytest.skip(f"CLI {version} is not in {cli.default_cache()}, and npm is not reachable: {reason}")
        if reason := _not_installed(version):
            pytest.fail(reason)
        return once(version, session)

    return ready


@cache
def _unreachable(version: str) -> str:
    """Why npm cannot be asked for a version that the cache lacks; empty if it need not be asked, or answers."""
    return "" if cli.installed(version, cli.default_cache()) else npm.unreachable(cli.PACKAGE, version)


@cache
def _not_installed(version: str) -> str:
    """Why a version could not be installed; empty if it is there."""
    try:
        cli.install(version, cli.default_cache())
    except cli.CannotInstall as fault:
        return str(fault)
    return ""
