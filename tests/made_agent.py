"""A small agent for tests: it asks the service for an answer to its prompt, through the proxy of its environment.

`made_agent.py [PROMPT] [CODE]`: it prints the text of the answer and ends with the code.
"""

import json
import os
import sys
import urllib.request
from pathlib import Path

_URL = "https://api.anthropic.com/v1/messages"


def main(prompt: str = "", code: str = "") -> int:
    """Asks once; the answer is not streamed."""
    body = {
        "model": "claude-of-tests",
        "tools": [{"name": "Folder"}],
        "messages": [{"role": "user", "content": f"{prompt} in {Path.cwd()}"}],
    }
    headers = {"content-type": "application/json", "x-api-key": os.environ.get("ANTHROPIC_API_KEY", "none")}
    request = urllib.request.Request(_URL, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request) as answer:
        print(json.load(answer)["content"][0]["text"])
    return int(code or 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
