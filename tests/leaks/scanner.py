"""Scanning all files of a folder with detect-secrets, an independent tool, with all its plugins."""

import multiprocessing
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from detect_secrets.core import scan
from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.settings import transient_settings


class Report(NamedTuple):
    """A report of the scanner."""

    plugin: str
    value: str


def reports(folder: Path) -> list[Report]:
    """Return everything that any plugin reports as a secret, each value once per plugin."""
    paths = sorted(str(path) for path in folder.rglob("*") if path.is_file())
    workers = os.cpu_count() or 1
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        results = pool.map(reports_for_files, [paths[number :: workers * 4] for number in range(workers * 4)])
        return sorted({report for part in results for report in part})


def reports_for_files(paths: Sequence[str]) -> set[Report]:
    """Return the reports for some files."""
    plugins: list[dict[str, str]] = [{"name": plugin.__name__} for plugin in _plugins()]
    with transient_settings({"plugins_used": plugins, "filters_used": []}):
        return {Report(secret.type, secret.secret_value or "") for path in paths for secret in scan.scan_file(path)}


def _plugins() -> Iterable[Any]:
    return get_mapping_from_secret_type_to_class().values()
