"""The validator of SARIF files: Microsoft's Multitool, one version of it, from npm into a cache.

It holds a log against the schema of the standard, its own good practice, and what GitHub's code scanning demands.
"""

import json
from collections import Counter
from pathlib import Path

from tests import npm

_PACKAGE = "@microsoft/sarif-multitool-linux"
MULTITOOL = npm.Tool(_PACKAGE, "5.7.0", f"{_PACKAGE}/Sarif.Multitool")


def problems(log: Path, folder: Path) -> Counter[str]:
    """How often which rules find something in a log, as `error GH2012`; the folder is for what the tool writes.

    Raises RuntimeError with what the tool said if it did not judge the log.
    """
    made = folder / "judged.sarif"
    done = MULTITOOL.run(
        ["validate", str(log), "--rule-kind", "Sarif;Ghas", "--output", str(made)],
        folder,
        DOTNET_SYSTEM_GLOBALIZATION_INVARIANT="1",
        DOTNET_BUNDLE_EXTRACT_BASE_DIR=str(MULTITOOL.executable.parent / "unpacked"),
    )
    try:
        (run,) = json.loads(made.read_text("utf-8-sig"))["runs"]
    except (OSError, ValueError, KeyError):
        raise RuntimeError(f"validate ended with code {done.returncode}:\n{done.stdout}\n{done.stderr}") from None
    return Counter(f"{each.get('level', 'warning')} {each['ruleId'].partition('/')[0]}" for each in run["results"])
