"""The packaged content: at the top of a checkout, and in `data` of an installed package."""

import runpy
import shutil
from pathlib import Path

import pytest

from tests.project import ROOT
from wirelore.model import packaged


def test_in_a_checkout_the_folders_are_at_its_top() -> None:
    assert (packaged.ROOT, packaged.SEARCH_PATH) == (ROOT, ROOT)
    assert (packaged.ADDONS, packaged.ANALYZERS) == (ROOT / "addons", ROOT / "analyzers")
    assert (packaged.SAMPLES, packaged.SCHEMAS) == (ROOT / "captures" / "samples", ROOT / "schemas")
    assert all(each.is_dir() for each in (packaged.ADDONS, packaged.ANALYZERS, packaged.SAMPLES, packaged.SCHEMAS))


@pytest.mark.parametrize("is_wheel", [True, False])
def test_an_installed_package_has_them_in_its_data(tmp_path: Path, is_wheel: bool) -> None:
    package = tmp_path / "wirelore"
    (package / "model").mkdir(parents=True)
    shutil.copy(packaged.__file__, package / "model" / "packaged.py")
    if is_wheel:
        (package / "data").mkdir()
    module = runpy.run_path(str(package / "model" / "packaged.py"))
    root = package / "data" if is_wheel else tmp_path
    assert (module["SEARCH_PATH"], module["SCHEMAS"]) == (tmp_path, root / "schemas")
