"""Record the traffic of mitmproxy: `mitmdump -s addons/record.py`.

Only the hosts of `schemas/routes.json` and of `wirelore_hosts` are decrypted; other connections are passed through and
counted.

    --set wirelore_capture=PATH    the capture's folder (default: a new one in WIRELORE_CAPTURES or captures/local)
    --set wirelore_hosts=A,B       further hosts: names, *.example.com, or * for all
    --set wirelore_labels={...}    labels for the manifest: a JSON object of strings
    --set wirelore_backlog=256     megabytes that may be queued before bodies are dropped and counted

The proxy listens on loopback only, unless another address and `--set wirelore_listen_beyond_loopback=true` are both
given.
"""

import sys
from importlib.util import find_spec
from pathlib import Path

if find_spec("wirelore") is None:  # mitmdump runs in an environment without it: take the package this file belongs to
    home = next(folder for folder in Path(__file__).resolve().parents if (folder / "wirelore" / "recorder").is_dir())
    sys.path.append(str(home))

from wirelore.recorder.addon import Record

recorder = Record()
addons = [recorder, recorder.passing]
