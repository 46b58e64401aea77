"""A small agent for tests: it sends its prompt to the service, through the proxy of its environment.

`sample_agent.py [PROMPT] [CODE]` prints the text of the answer and exits with CODE.
"""

import json
import os
import sys
import urllib.request
from pathlib import Path

_URL = "https://api.anthropic.com/v1/messages"


def main(prompt: str = "", code: str = "") -> int:
    """Send one request without streaming, and print the answer."""
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
