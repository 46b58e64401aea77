"""The addon for recording, loaded by its path as mitmdump does."""

import json
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from mitmproxy.test import taddons

from tests.project import ROOT
from tests.recorder.ground import ADDON, environment
from wirelore.model.routes import packaged
from wirelore.recorder.proxy import Proxy, ProxyError


@pytest.mark.slow
def test_the_addon_works_by_its_path_from_another_folder_with_nothing_but_defaults(tmp_path: Path) -> None:
    code = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(ROOT)!r})
from wirelore.recorder.proxy import Proxy
with Proxy([Path({str(ADDON)!r})]) as proxy:
    assert proxy.stop() == 0, proxy.output()
    print(proxy.output())
"""
    env = {key: value for key, value in environment(tmp_path).items() if key not in ("PYTHONPATH", "WIRELORE_CAPTURES")}
    (tmp_path / "captures").mkdir()
    ran = subprocess.run([sys.executable, "-P", "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    (manifest,) = (tmp_path / "captures" / "local").glob("*/capture.json")
    document = json.loads(manifest.read_text())
    assert document["status"] == "complete"
    assert tuple(document["options"]["hosts"]) == tuple(sorted(packaged().hosts))
    assert f"recording into captures/local/{manifest.parent.name}" in ran.stdout


@pytest.mark.slow
def test_a_folder_that_holds_a_capture_ends_mitmdump_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "capture.json").write_text("{}")
    with (
        pytest.raises(ProxyError, match="already contains a capture; choose another name"),
        Proxy([ADDON], {"wirelore_capture": str(tmp_path)}, env=environment(tmp_path)) as proxy,
    ):
        proxy.process.wait(20)


def test_the_file_has_the_options_that_it_describes() -> None:
    module = runpy.run_path(str(ADDON))
    described = set(re.findall(r"--set (\w+)=", module["__doc__"]))
    with taddons.context(*module["addons"]) as context:  # type: ignore[no-untyped-call] # mitmproxy is untyped here
        options = set(context.options.keys())
    assert described == {
        "wirelore_backlog", "wirelore_capture", "wirelore_hosts", "wirelore_labels", "wirelore_listen_beyond_loopback",
    }  # fmt: skip
    assert described <= options
