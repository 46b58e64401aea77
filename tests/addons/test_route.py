"""The addon for routing, loaded by its path."""

import runpy

from mitmproxy.test import taddons

from tests.project import ROOT
from wirelore.recorder.route_addon import Route


def test_the_file_has_one_addon_with_the_option_that_it_describes() -> None:
    module = runpy.run_path(str(ROOT / "addons" / "route.py"))
    (addon,) = module["addons"]
    assert isinstance(addon, Route)
    with taddons.context(addon) as context:  # type: ignore[no-untyped-call] # mitmproxy is untyped here
        assert context.options.wirelore_route == ""
    assert "--set wirelore_route=" in module["__doc__"]
