"""The validator of SARIF files: Microsoft's Multitool, in a pinned version from npm.

It checks a log against the standard's schema, its own good practice, and the requirements of GitHub's code scanning.
"""

import json
from collections import Counter
from pathlib import Path

from tests import npm

_PACKAGE = "@microsoft/sarif-multitool-linux"
MULTITOOL = npm.Tool(_PACKAGE, "5.7.0", f"{_PACKAGE}/Sarif.Multitool")


def problems(log: Path, folder: Path) -> Counter[str]:
    """Count the results of a log by level and rule, such as `error GH2012`; the folder is for the tool's output.

    Raise RuntimeError with the tool's output if it did not check the log.
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
