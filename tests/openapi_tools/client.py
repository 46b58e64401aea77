"""The client that openapi-python-client generates from a document."""

import importlib
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import unquote

from tests.openapi_tools.documents import Described
from wirelore.model.exchange import Exchange

_NAME = re.compile(r"[A-Za-z0-9]+")


class Client:
    """The generated client of a document, for one server."""

    def __init__(self, described: Described, package: ModuleType, address: str) -> None:
        self.described = described
        self._modules = {
            path.stem: ".".join([package.__name__, "api", path.parent.name, path.stem])
            for path in Path(str(package.__file__)).parent.glob("api/*/*.py")
        }
        self._client = package.Client(base_url=f"http://{address}", raise_on_unexpected_status=True)

    def module(self, exchange: Exchange) -> ModuleType | None:
        """Return the generated module of an exchange's operation, or None."""
        operation = self.described.operation(exchange)
        name = self._modules.get(_snake(operation["operationId"])) if operation else None
        return importlib.import_module(name) if name else None

    def answer(self, module: ModuleType, exchange: Exchange) -> Any:
        """Call an operation with the body and parameters of a recorded request, and return the response."""
        arguments = dict(self._arguments(module, exchange))
        return module.sync_detailed(client=self._client, **arguments)

    def _arguments(self, module: ModuleType, exchange: Exchange) -> Iterator[tuple[str, Any]]:
        """Yield the body and the required parameters."""
        sent = _parameters(exchange, self.described)
        signature = inspect.signature(module.sync_detailed, eval_str=True)
        for name, parameter in signature.parameters.items():
            if name == "body":
                yield name, _body(parameter.annotation, exchange.request.document.value)
            elif name != "client" and parameter.default is inspect.Parameter.empty:
                yield name, sent[name]


def package(document: Path, folder: Path) -> tuple[str, str]:
    """Generate the client in the folder, and return its name and the generator's output."""
    name = "generated_client"
    target = folder / name
    generate = ["generate", "--path", str(document), "--meta", "none", "--output-path", str(target), "--overwrite"]
    options = folder / "options.yaml"
    options.write_text("post_hooks: []\n", encoding="utf-8")  # skip formatting the generated code
    done = subprocess.run(
        [sys.executable, "-m", "openapi_python_client", *generate, "--config", str(options)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"openapi-python-client ended with {done.returncode}: {done.stdout[-3000:]}"
    return name, done.stdout + done.stderr


@contextmanager
def imported(folder: Path, name: str) -> Iterator[ModuleType]:
    """Import the generated package for the duration of the context."""
    sys.path.insert(0, str(folder))
    try:
        importlib.invalidate_caches()
        yield importlib.import_module(name)
    finally:
        sys.path.remove(str(folder))
        for each in [module for module in sys.modules if module == name or module.startswith(f"{name}.")]:
            del sys.modules[each]


def _body(kind: Any, value: Any) -> Any:
    """Convert a request body to the class of the call's parameter."""
    if hasattr(kind, "from_dict"):
        return kind.from_dict(value)
    inner = [each for each in getattr(kind, "__args__", ()) if hasattr(each, "from_dict")]
    if isinstance(value, list) and inner:
        return [inner[0].from_dict(each) for each in value]
    return inner[0].from_dict(value) if inner else value


def _parameters(exchange: Exchange, described: Described) -> Mapping[str, str]:
    """Return the values of path, query and headers of a request, by the generator's parameter names."""
    found = {_snake(name): value for name, value in exchange.request.headers}
    found |= {_snake(name): value for name, value in exchange.request.query}
    template = described.path(exchange)
    pattern = re.sub(r"\\\{(\w+)\\\}", lambda match: f"(?P<{match[1]}>[^/]+)", re.escape(template))
    if match := re.fullmatch(pattern, exchange.request.path):
        found |= {_snake(name): unquote(value) for name, value in match.groupdict().items()}
    return found


def _snake(text: str) -> str:
    """Return a name in snake case: `get_v1_files_by_file_id` for `getV1FilesByFileId`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text)
    return "_".join(_NAME.findall(words)).lower()
