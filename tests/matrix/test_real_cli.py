"""The real CLI's installation and environment, with a fake npm."""

import json
import stat
from pathlib import Path

import pytest

from wirelore.matrix import real_cli

_NPM = """#!/bin/sh
while [ $# -gt 0 ]; do
  case "$1" in --prefix) prefix="$2";; *@*@*) version="${1##*@}";; esac
  shift
done
echo "$version" >> "$(dirname "$0")/requests"
"""
_INSTALLS = """
package="$prefix/node_modules/@anthropic-ai/claude-code"
mkdir -p "$package" "$prefix/node_modules/.bin"
echo "{\\"version\\":\\"$version\\"}" > "$package/package.json"
touch "$package/cli.js"
ln -s ../@anthropic-ai/claude-code/cli.js "$prefix/node_modules/.bin/claude"
"""


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of programs, the first on PATH."""
    folder = tmp_path / "tools"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


def _program(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


def test_a_version_is_installed_once_and_then_taken_from_the_cache(tools: Path, tmp_path: Path) -> None:
    _program(tools / "npm", _NPM + _INSTALLS)
    cache = tmp_path / "cache"
    first, second = (real_cli.install("1.2.3", cache) for _ in range(2))
    assert first == second == cache / "1.2.3" / "node_modules" / ".bin" / "claude"
    assert first.exists()
    assert (tools / "requests").read_text() == "1.2.3\n"
    assert [path.name for path in cache.iterdir()] == ["1.2.3"]


def test_an_incomplete_installation_is_replaced(tools: Path, tmp_path: Path) -> None:
    _program(tools / "npm", _NPM + _INSTALLS)
    incomplete = tmp_path / "cache" / "1.2.3" / "node_modules" / "@anthropic-ai"
    incomplete.mkdir(parents=True)
    assert not real_cli.installed("1.2.3", tmp_path / "cache")
    assert real_cli.install("1.2.3", tmp_path / "cache").exists()
    assert real_cli.installed("1.2.3", tmp_path / "cache")


def test_a_folder_with_another_version_does_not_count_as_installed(tools: Path, tmp_path: Path) -> None:
    _program(tools / "npm", _NPM + _INSTALLS)
    real_cli.install("1.2.3", tmp_path)
    (tmp_path / "1.2.3").rename(tmp_path / "1.2.4")
    assert not real_cli.installed("1.2.4", tmp_path)


@pytest.mark.parametrize(
    ("npm", "message"),
    [
        pytest.param(
            _NPM + "echo no such version >&2; exit 1", "npm failed with exit code 1:\nno such version", id="refused"
        ),
        pytest.param(_NPM, "npm succeeded, but .* is missing", id="nothing-installed"),
    ],
)
def test_a_failed_installation_quotes_npm_and_leaves_no_files(
    tools: Path, tmp_path: Path, npm: str, message: str
) -> None:
    _program(tools / "npm", npm)
    with pytest.raises(real_cli.CannotInstall, match=message):
        real_cli.install("1.2.3", tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_missing_npm_is_an_error_that_says_what_to_install(
    tools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tools))
    with pytest.raises(real_cli.CannotInstall, match=r"npm not found on PATH; install Node\.js 18 or later"):
        real_cli.install("1.2.3", tmp_path / "cache")


@pytest.mark.parametrize(
    ("variables", "folder"),
    [
        pytest.param({"WIRELORE_CLI_CACHE": "/a/b", "XDG_CACHE_HOME": "/c"}, "/a/b", id="own-variable"),
        pytest.param({"XDG_CACHE_HOME": "/c"}, "/c/wirelore/cli", id="xdg"),
        pytest.param({"XDG_CACHE_HOME": "relative"}, "/h/.cache/wirelore/cli", id="xdg-must-be-absolute"),
        pytest.param({}, "/h/.cache/wirelore/cli", id="default"),
    ],
)
def test_the_cache_folder_follows_the_variables(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], folder: str
) -> None:
    for name in ("WIRELORE_CLI_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "/h")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert real_cli.default_cache() == Path(folder)


def test_the_environment_inherits_nothing(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _program(tools / "node", "#!/bin/sh\n")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-api03-FAKE-of-the-machine")
    home = Path("/h")
    assert real_cli.environment(home, {"X": "1"}) == {
        "PATH": f"{tools}:/usr/bin:/bin",
        "HOME": "/h",
        "CLAUDE_CONFIG_DIR": "/h/config",
        "TMPDIR": "/h/tmp",
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "SHELL": "/bin/bash",
        "X": "1",
    }


def test_a_furnished_home_has_the_folders_of_the_environment_and_private_files(tmp_path: Path) -> None:
    home = tmp_path / "home"
    real_cli.furnish(home, user_id="ab" * 32, oauth={"accessToken": "sk-ant-oat01-FAKE"})
    variables = real_cli.environment(home)
    assert all(Path(variables[name]).is_dir() for name in ("HOME", "CLAUDE_CONFIG_DIR", "TMPDIR"))
    files = {path.name: path for path in real_cli.config(home).iterdir()}
    assert {name: json.loads(path.read_bytes()) for name, path in files.items()} == {
        ".claude.json": {"userID": "ab" * 32, "hasCompletedOnboarding": True},
        ".credentials.json": {"claudeAiOauth": {"accessToken": "sk-ant-oat01-FAKE"}},
    }
    assert {stat.S_IMODE(path.stat().st_mode) for path in files.values()} == {0o600}


def test_without_oauth_there_is_no_credentials_file(tmp_path: Path) -> None:
    real_cli.furnish(tmp_path / "home", user_id="ab" * 32)
    assert [path.name for path in real_cli.config(tmp_path / "home").iterdir()] == [".claude.json"]
