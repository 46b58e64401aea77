"""The models that datamodel-code-generator generates from a document: strict pydantic classes with unions."""

import importlib.util
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from types import GenericAlias, ModuleType
from typing import Any

from pydantic import TypeAdapter

from tests.openapi_tools.documents import Described

_COMPONENTS = "#/components/schemas/"
_FORMS = ("uuid", "date-time", "date", "uri", "byte", "http-date")
_OPTIONS = [
    "--input-file-type=openapi",
    "--output-model-type=pydantic_v2.BaseModel",
    "--target-python-version=3.11",
    "--extra-fields=allow",
    "--enum-field-as-literal=all",
    "--use-annotated",
    "--formatters=builtin",
    "--disable-timestamp",
    # Strings are not converted to numbers, and formats stay strings, so that encoding restores the decoded value.
    *(f"--type-mappings={form}=string" for form in _FORMS),
    *("--strict-types", "str", "bytes", "int", "float", "bool"),
]
_LIMIT_S = 300


class Models:
    """The models of a document, by schema."""

    def __init__(self, described: Described, folder: Path) -> None:
        """Generate the models in the folder."""
        self.described = described
        name = "models_" + described.file.stem.replace("-", "_").replace(".", "_")
        self._module = _imported(name, _generated(described.file, folder / f"{name}.py"))
        self._schemas: Mapping[str, Any] = described.document["components"]["schemas"]
        self._adapters: dict[str, TypeAdapter[Any]] = {}

    def adapter(self, schema: Mapping[str, Any]) -> TypeAdapter[Any] | None:
        """Return the decoder of a component or of an array of one; None for other schemas."""
        listed = schema.get("type") == "array"
        reference = (schema.get("items", {}) if listed else schema).get("$ref", "")
        if not reference:
            return None
        key = f"{listed} {reference}"
        if key not in self._adapters:
            model: Any = getattr(self._module, reference.removeprefix(_COMPONENTS))
            kind: Any = GenericAlias(list, model) if listed else model
            self._adapters[key] = TypeAdapter(kind)
        return self._adapters[key]

    def data_schema(self, stream: Mapping[str, Any], event: str) -> Mapping[str, Any] | None:
        """Return the schema of an event's data as JSON if the document describes the data as text (OpenAPI 3.2)."""
        for _, branch in self._branches(self._resolved(stream)):
            members = branch.get("properties", {})
            if members.get("event", {}).get("const") == event:
                found: Mapping[str, Any] | None = self._resolved(members.get("data", {})).get("contentSchema")
                return found
        return None

    @cached_property
    def fallbacks(self) -> dict[str, tuple[str, frozenset[str]]]:
        """The union branches for unknown variants: the tag's member, and the values that it excludes."""
        found = {}
        for schema in self._schemas.values():
            for name, branch in self._branches(schema):
                for member, rule in branch.get("properties", {}).items():
                    if name and "enum" in rule.get("not", {}):
                        found[name] = (member, frozenset(rule["not"]["enum"]))
        return found

    def _branches(self, schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield the branches of a union and of nested unions, with the names of components."""
        for branch in (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
            name = branch.get("$ref", "").removeprefix(_COMPONENTS)
            inner = self._resolved(branch)
            yield name, inner
            yield from self._branches(inner)

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        reference = schema.get("$ref", "")
        found: Mapping[str, Any] = self._schemas[reference.removeprefix(_COMPONENTS)] if reference else schema
        return found


def _generated(document: Path, path: Path) -> Path:
    command = [sys.executable, "-m", "datamodel_code_generator", f"--input={document}", f"--output={path}", *_OPTIONS]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_LIMIT_S, check=False
    )
    assert done.returncode == 0, f"datamodel-codegen ended with {done.returncode}: {done.stderr[-2000:]}"
    return path


def _imported(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # pydantic looks up annotations there
    spec.loader.exec_module(module)
    return module
