r"""Route hosts to a stand-in on loopback, for tests, the demo and the matrix of client versions.

    mitmdump --set connection_strategy=lazy -s addons/record.py -s addons/route.py \
        --set wirelore_route=http://127.0.0.1:8001

`wirelore_route` is `[NAME=][http://|https://]HOST:PORT`, several separated by commas; an entry without NAME matches
every host. The host, the SNI and the Host header stay unchanged: only the address of the connection is replaced, which
requires connection_strategy=lazy. With `http://` (or no scheme) the stand-in receives plain HTTP even if the client
speaks TLS. With `https://` its certificate must be valid for the real host and signed by a CA given with
`--set ssl_verify_upstream_trusted_ca=FILE`; certificate checks are never switched off. Give `-s addons/record.py`
first, so that the request is recorded as the client sent it.
"""

import sys
from importlib.util import find_spec
from pathlib import Path

if find_spec("wirelore") is None:  # mitmdump runs in an environment without it: take the package this file belongs to
    home = next(folder for folder in Path(__file__).resolve().parents if (folder / "wirelore" / "recorder").is_dir())
    sys.path.append(str(home))

from wirelore.recorder.route_addon import Route

addons = [Route()]
