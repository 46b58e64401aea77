"""The English of the sources: no docstring opens with a relative clause, and no text denies with "is no"."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.project import ROOT, sources

_RELATIVE = re.compile(r"(?:What|Which|Whether|How|Where|Who|When)\b")
_IS_NO = re.compile(r"\b(?:is|are) no (?!longer\b)")
_DOCUMENTED = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def _trees() -> Iterator[tuple[Path, ast.Module]]:
    for name in sources():
        if name.suffix == ".py":
            yield name, ast.parse((ROOT / name).read_bytes())


def test_no_docstring_opens_with_a_relative_clause() -> None:
    opened = [
        f"{name}:{node.body[0].lineno}"
        for name, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, _DOCUMENTED) and _RELATIVE.match(ast.get_docstring(node) or "")
    ]
    assert opened == []


def test_no_text_of_the_program_says_is_no() -> None:
    """ "X is not a Y" says the same and is read once; "there is no X" is right English."""
    places = [
        f"{name}:{node.lineno}: {match[0]}"
        for name, tree in _trees()
        if name.parts[0] in {"wirelore", "analyzers", "addons"}
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for match in _IS_NO.finditer(re.sub(r"\b[Tt]here (?:is|are) no\b", "", node.value))
    ]
    assert places == []


def test_no_rule_says_is_no() -> None:
    texts = {name: (ROOT / name).read_text(encoding="utf-8") for name in sources() if name.match("schemas/*.json")}
    assert texts
    found = {
        str(name) for name, text in texts.items() if _IS_NO.search(re.sub(r"\b[Tt]here (?:is|are) no\b", "", text))
    }
    assert found == set()
