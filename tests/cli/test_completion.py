"""Shell completion: the lines of docs/ci.md work in bash, zsh and fish."""

import os
import re
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

from tests.project import ROOT

SCRIPTS = Path(sysconfig.get_path("scripts"))
LINES = re.findall(r"^.*_WIRELORE_COMPLETE=.*$", (ROOT / "docs" / "ci.md").read_text(encoding="utf-8"), re.MULTILINE)
BY_SHELL = {match[1]: line for line in LINES if (match := re.search(r"=(\w+)_source", line))}

_BASH = """
(( BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404 )) || exit 77
{line}
COMP_WORDS=(wirelore {words}) COMP_CWORD={last}
_wirelore_completion wirelore
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    if not (SCRIPTS / "wirelore").is_file():
        pytest.skip("the wirelore script is not installed")
    return {**os.environ, "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}", "HOME": str(tmp_path)}


def test_the_readme_has_a_line_for_each_shell() -> None:
    assert list(BY_SHELL) == ["bash", "zsh", "fish"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "completions"),
    [
        (["ana"], ["analyze"]),
        (["re"], ["receipt", "record", "redact", "report"]),
        (["analyze", "--fo"], ["--format"]),
        (["analyze", "--format", "ju"], ["junit"]),
        (["list", "--qu"], ["--quiet"]),
    ],
    ids=" ".join,
)
def test_bash_completes_with_the_line_of_the_readme(
    environment: dict[str, str], words: list[str], completions: list[str]
) -> None:
    bash = shutil.which("bash")
    if not bash:
        pytest.skip("bash is not installed")
    script = _BASH.format(line=BY_SHELL["bash"], words=" ".join(words), last=len(words))
    done = subprocess.run(
        [bash, "--norc", "--noprofile", "-c", script], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode == 77:
        pytest.skip("click supports bash 4.4 and later")
    assert (done.stdout.split(), done.stderr) == (completions, "")


@pytest.mark.parametrize(
    ("shell", "word"), [("zsh", "compdef _wirelore_completion wirelore"), ("fish", "complete --no-files")]
)
def test_the_lines_of_the_other_shells_print_a_script_of_that_shell(
    environment: dict[str, str], shell: str, word: str
) -> None:
    variable = re.search(r"_WIRELORE_COMPLETE=\w+ wirelore", BY_SHELL[shell])
    assert variable
    done = subprocess.run(["bash", "-c", variable[0]], env=environment, capture_output=True, text=True, check=True)
    assert word in done.stdout
