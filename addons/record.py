"""Records what passes mitmproxy: `mitmdump -s addons/record.py`.

Only the hosts of `schemas/routes.json`, and those of `wirelore_hosts`, are decrypted; the rest passes and is counted.

    --set wirelore_capture=PATH    the capture's folder (else a new one in WIRELORE_CAPTURES or captures/local)
    --set wirelore_hosts=A,B       further hosts: names, *.example.com, or * for all
    --set wirelore_labels={...}    what the manifest is to say of the capture: a JSON object of texts
    --set wirelore_backlog=256     megabytes that the recorder may lag behind before bodies are left out, counted

It listens on loopback alone, unless another address and `--set wirelore_listen_beyond_loopback=true` are both given.
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
