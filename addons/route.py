"""Routes hosts to a stand-in on loopback, for tests, the demo and the matrix of client versions.

    mitmdump --set connection_strategy=lazy -s addons/record.py -s addons/route.py --set wirelore_route=http://127.0.0.1:8001

`wirelore_route` is `[NAME=][http://|https://]HOST:PORT`, several separated by commas; without a NAME every host goes
there. The host, the SNI and the Host header stay the real ones: only the address that is dialled changes, which needs
connection_strategy=lazy. With `http://` (or no scheme) the stand-in is spoken to in plain HTTP even where the client
speaks TLS; with `https://` its certificate must be one for the real host, by an authority given with
`--set ssl_verify_upstream_trusted_ca=FILE`: checks are never switched off. Give `-s addons/record.py` first, so that
the request is recorded as the client sent it.
"""

import sys
from importlib.util import find_spec
from pathlib import Path

if find_spec("wirelore") is None:  # mitmdump runs in an environment without it: take the package this file belongs to
    home = next(folder for folder in Path(__file__).resolve().parents if (folder / "wirelore" / "recorder").is_dir())
    sys.path.append(str(home))

from wirelore.recorder.route_addon import Route

addons = [Route()]
