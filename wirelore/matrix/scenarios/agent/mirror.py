"""An MCP server over standard input and output, for the scenario mcp-stdio: its one tool turns a text around."""

import json
import sys
from typing import Any

TOOL = {
    "name": "reverse",
    "description": "Returns the text turned around.",
    "inputSchema": {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
}


def result(method: str, params: dict[str, Any]) -> dict[str, Any] | None:
    """The response to a request; None if the method is unknown."""
    if method == "initialize":
        return {
            "protocolVersion": params["protocolVersion"],
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "mirror", "version": "1.0"},
        }
    if method == "tools/list":
        return {"tools": [TOOL]}
    if method == "tools/call":
        return {"content": [{"type": "text", "text": params["arguments"]["text"][::-1]}]}
    return {} if method == "ping" else None


def main() -> None:
    """Answers line by line until the input ends."""
    for line in sys.stdin:
        message = json.loads(line)
        if "id" not in message:
            continue
        answer = result(message["method"], message.get("params") or {})
        outcome = {"error": {"code": -32601, "message": "no such method"}} if answer is None else {"result": answer}
        print(json.dumps({"jsonrpc": "2.0", "id": message["id"], **outcome}), flush=True)


if __name__ == "__main__":
    main()
