"""Names of the service are in schemas/, not in code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.project import ROOT, modules, packages

NAME = re.compile(r"anthropic-|claude-")
ALLOWED = {
    ("wirelore/cli/keeping.py", "claude-trace"): "the name of a foreign format, as users give it",
    ("wirelore/formats/__init__.py", "claude-trace"): "the name of a foreign format",
    ("wirelore/formats/claude_trace.py", "claude-trace"): "the name of a foreign format",
    ("wirelore/formats/detection.py", "claude-trace"): "the name of a foreign format",
    ("wirelore/formats/detection.py", "claude-trace JSONL"): "the name of a foreign format, as messages have it",
    ("wirelore/matrix/real_cli.py", "@anthropic-ai/claude-code"): "the npm package of the client that is run",
    ("wirelore/skeleton/skeleton_copy.py", "claude-trace"): "the name of a foreign format, as manifests have it",
}
"""The allowed literals, with the reasons."""


def _literals(tree: ast.Module) -> Iterator[str]:
    """Yield the strings in a module, without docstrings (including those of attributes) and comments."""
    docstrings = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in docstrings and isinstance(node.value, str | bytes):
            yield node.value if isinstance(node.value, str) else node.value.decode("latin-1")


def _named(path: Path) -> set[str]:
    return {text for text in _literals(ast.parse(path.read_bytes())) if NAME.search(text)}


@pytest.mark.slow
def test_names_of_the_service_are_only_in_allowed_places() -> None:
    sources = [path for package in (*packages(), "analyzers") for path in modules(package)]
    found = {(path.relative_to(ROOT).as_posix(), text) for path in sources for text in _named(path)}
    assert found == ALLOWED.keys()


def test_a_name_is_found_in_code_but_not_in_docstrings_and_comments(tmp_path: Path) -> None:
    path = tmp_path / "one.py"
    path.write_text('"""anthropic-a"""\nA = 1\n"""claude-b"""\n# claude-c\nB = f"{A}-claude-d"\nC = b"anthropic-e"\n')
    assert _named(path) == {"-claude-d", "anthropic-e"}
