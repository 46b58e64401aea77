import socket
import stat
import sys
from pathlib import Path

import pytest

from wirelore.recorder import proxy
from wirelore.recorder.proxy import Proxy, ProxyError

pytestmark = pytest.mark.slow


def test_a_proxy_listens_while_its_block_runs_and_leaves_nothing_behind() -> None:
    with Proxy() as running:
        assert 20000 <= running.port < 32768
        assert stat.S_IMODE(running.confdir.stat().st_mode) == 0o700
        assert running.ca.read_bytes().startswith(b"-----BEGIN CERTIFICATE")
        assert running.process.poll() is None
    assert running.code == 0
    assert not running.confdir.exists()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", running.port)) != 0


def test_a_proxy_that_cannot_start_gives_the_reason(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("raise ValueError('as broken as can be')\n")
    with pytest.raises(ProxyError, match="as broken as can be"), Proxy([tmp_path / "broken.py"]):
        pass


def test_an_addon_that_fails_once_the_proxy_listens_is_an_error_as_well(tmp_path: Path) -> None:
    late = tmp_path / "late.py"
    late.write_text(
        "import logging, time\ndef running():\n    time.sleep(0.3)\n    logging.error('too late for that')\n"
    )
    with pytest.raises(ProxyError, match="too late for that"), Proxy([late]):
        pass


def test_a_given_confdir_is_not_removed(tmp_path: Path) -> None:
    with Proxy(confdir=tmp_path / "conf") as running:
        first = running.ca.read_bytes()
    with Proxy(confdir=tmp_path / "conf") as running:
        assert running.ca.read_bytes() == first


def test_a_missing_mitmdump_is_named_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(ProxyError, match=r"mitmdump: missing; run: .*python -m pip install mitmproxy"):
        proxy.mitmdump()
