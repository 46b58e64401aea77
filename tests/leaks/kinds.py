"""Kinds: secrets of every kind that redaction promises to know, invented anew for each run."""

import base64
import json
import random
import string
from collections.abc import Callable
from dataclasses import dataclass

ALNUM = string.ascii_letters + string.digits
TOKEN = ALNUM + "-_"
BASE64 = ALNUM + "+/"
HEX = "0123456789abcdef"
LOWER = string.ascii_lowercase
UPPER = string.ascii_uppercase + string.digits

Make = Callable[[random.Random], str]
_HEX_LEAST = _DIGITS_LEAST = 12
"""Among so many secrets and pseudonyms 8 digits agree by chance now and then."""


@dataclass(frozen=True)
class Kind:
    """One kind of secret."""

    name: str
    make: Make
    kept: str = ""
    """The public prefix that a pseudonym may keep."""
    members: tuple[str, ...] = ()
    """Names of JSON members, parameters and form fields that tell it; empty if its own form tells it."""
    headers: tuple[str, ...] = ()
    """Names of headers that tell it."""
    public: tuple[str, ...] = ()
    """What every secret of the kind has in it."""
    lead: str = ""
    """What must stand before it, as part of its form."""
    trail: str = ""
    """What must stand after it."""
    least: int = 8
    """A common part of so many characters is no chance."""
    whole: bool = True
    """Whether it has one pseudonym; a private key has one for each line."""

    def text(self, secret: str) -> str:
        """The secret with what tells it."""
        return self.lead + secret + self.trail


def of(alphabet: str, size: int) -> Make:
    """Random characters, letters and digits among them if the alphabet has both."""
    mixed = any(one in alphabet for one in string.digits) and any(one in alphabet for one in string.ascii_letters)

    def make(chance: random.Random) -> str:
        made = "".join(chance.choices(alphabet, k=size))
        while (mixed and sum(one.isdigit() for one in made) < 2) or made[0] in "-_" or made[-1] in "-_":
            made = "".join(chance.choices(alphabet, k=size))
        return made

    return make


def after(prefix: str, make: Make) -> Make:
    """A prefix with something random after it."""
    return lambda chance: prefix + make(chance)


def _kept(prefix: str, alphabet: str, size: int, name: str = "") -> Kind:
    return Kind(
        name or prefix.rstrip("-_."),
        after(prefix, of(alphabet, size)),
        kept=prefix,
        least=_HEX_LEAST if alphabet == HEX else 8,
    )


def _uuid(chance: random.Random) -> str:
    return "-".join(of(HEX, size)(chance) for size in (8, 4, 4, 4, 12))


def _jwt(chance: random.Random) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    head, body = (part({of(LOWER, 5)(chance): of(ALNUM, 14)(chance)}) for _ in range(2))
    return f"{head}.{body}.{of(TOKEN, 43)(chance)}"


def _email(chance: random.Random) -> str:
    return (
        f"{of(LOWER, 10)(chance)}.{of(LOWER, 4)(chance)}@{of(LOWER, 10)(chance)}.{chance.choice(['org', 'com', 'io'])}"
    )


def _pem_body(chance: random.Random) -> str:
    lines = [of(BASE64, 64)(chance) for _ in range(chance.randrange(3, 12))]
    return "\n".join([*lines, of(BASE64, chance.randrange(20, 60))(chance)]) + "="


def _pem(label: str, *, ended: bool = True) -> Kind:
    name = label + ("" if ended else " without end")
    trail = f"\n-----END {label}-----\n" if ended else ""
    return Kind(name.lower(), _pem_body, lead=f"-----BEGIN {label}-----\n", trail=trail, whole=False)


def _words(chance: random.Random) -> str:
    """A password that has no form: only the name beside it tells what it is."""
    return "".join(of(LOWER, 4)(chance).title() for _ in range(3)) + chance.choice("!.~*")


def _joined(separator: str, *makes: Make) -> Make:
    return lambda chance: separator.join(make(chance) for make in makes)


_ANTHROPIC = [
    _kept(prefix, TOKEN, size)
    for prefix, size in (
        ("sk-ant-api03-", 95),
        ("sk-ant-admin01-", 95),
        ("sk-ant-oat01-", 95),
        ("sk-ant-ort01-", 95),
        ("sk-ant-sid01-", 86),
        ("sk-ant-new77-", 40),
    )
]
_VENDORS = [
    _kept("sk-proj-", TOKEN, 120),
    _kept("sk-svcacct-", TOKEN, 74),
    Kind(
        "sk-legacy",
        lambda chance: f"sk-{of(ALNUM, 20)(chance)}T3BlbkFJ{of(ALNUM, 20)(chance)}",
        kept="sk-",
        public=("T3BlbkFJ",),
    ),
    _kept("sk-or-v1-", HEX, 64),
    *(_kept(prefix, ALNUM, 36) for prefix in ("ghp_", "gho_", "ghu_", "ghs_", "ghr_")),
    Kind("github_pat", _joined("_", after("github_pat_", of(ALNUM, 22)), of(ALNUM, 59)), kept="github_pat_"),
    _kept("glpat-", TOKEN, 20),
    Kind(
        "xoxb",
        _joined("-", after("xoxb-", of(string.digits, 12)), of(string.digits, 12), of(ALNUM, 24)),
        kept="xoxb-",
        least=_DIGITS_LEAST,
    ),
    Kind(
        "xapp",
        _joined("-", after("xapp-1-", of(UPPER, 11)), of(string.digits, 13), of(HEX, 64)),
        kept="xapp-",
        least=_DIGITS_LEAST,
    ),
    Kind(
        "slack webhook",
        _joined("/", after("T", of(UPPER, 10)), after("B", of(UPPER, 10)), of(ALNUM, 24)),
        lead="https://hooks.slack.com/services/",
    ),
    Kind(
        "discord webhook",
        _joined("/", of("123456789", 18), of(TOKEN, 68)),
        lead="https://discord.com/api/webhooks/",
        least=_DIGITS_LEAST,
    ),
    *(_kept(prefix, ALNUM, 40) for prefix in ("nvapi-", "sntrys_", "figd_", "tvly-")),
    _kept("dapi", HEX, 32),
    Kind("google refresh token", after("1//0", of(TOKEN, 60))),
    _kept("AKIA", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16),
    _kept("ASIA", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16),
    _kept("AIza", TOKEN, 35),
    _kept("ya29.", TOKEN, 60),
    _kept("GOCSPX-", TOKEN, 28),
    _kept("sk_live_", ALNUM, 24),
    _kept("rk_live_", ALNUM, 24),
    _kept("sk_test_", ALNUM, 24),
    _kept("whsec_", ALNUM, 32),
    _kept("npm_", ALNUM, 36),
    Kind("pypi", after("pypi-AgEIcHlwaS5vcmc", of(TOKEN, 90)), kept="pypi-", public=("AgEIcHlwaS5vcmc",)),
    _kept("hf_", ALNUM, 34),
    _kept("gsk_", ALNUM, 52),
    _kept("r8_", ALNUM, 37),
    _kept("xai-", ALNUM, 80),
    _kept("pplx-", ALNUM, 48),
    _kept("dop_v1_", HEX, 64),
    _kept("shpat_", HEX, 32),
    _kept("hvs.", ALNUM, 30),
    _kept("lin_api_", ALNUM, 40),
    Kind("sendgrid", _joined(".", after("SG.", of(TOKEN, 22)), of(TOKEN, 43)), kept="SG."),
    _kept("SK", HEX, 32, "twilio key"),
    _kept("AC", HEX, 32, "twilio account"),
    Kind("mailchimp", lambda chance: of(HEX, 32)(chance) + "-us12", least=_HEX_LEAST),
    Kind("telegram", _joined(":", of("123456789", 10), after("AA", of(TOKEN, 33))), least=_DIGITS_LEAST),
    Kind("discord", _joined(".", after("M", of(ALNUM, 23)), of(ALNUM, 6), of(TOKEN, 27))),
    Kind("statsig client", after("client-", of(ALNUM, 44)), kept="client-"),
    Kind("statsig secret", after("secret-", of(ALNUM, 44)), kept="secret-"),
    Kind("azure account key", lambda chance: of(BASE64, 86)(chance) + "==", lead="AccountName=store;AccountKey="),
    Kind("azure signature", lambda chance: of(ALNUM, 43)(chance) + "=", lead="https://x.test/?sv=2024-01-01&sig="),
]
_FORMS = [
    Kind("jwt", _jwt, kept="eyJ", least=12),
    Kind("email", _email),
    Kind("uuid", _uuid, least=_HEX_LEAST),
    Kind("hex 64", of(HEX, 64), least=_HEX_LEAST),
    Kind("user id form", of(HEX, 64), lead="user_", trail="_account__session_", least=_HEX_LEAST),
    Kind("prefixed id", after("org_", after("01", of(ALNUM, 22))), kept="org_"),
    Kind("home", of(LOWER, 10), lead="/home/", trail="/work"),
    Kind("home of mac", of(LOWER, 10), lead="/Users/", trail="/work"),
    Kind("home of windows", of(LOWER, 10), lead="C:\\Users\\", trail="\\work"),
    Kind("url password", of(ALNUM, 16), lead="postgres://app:", trail="@db.test:5432/x"),
    Kind("url user", of(HEX, 32), least=_HEX_LEAST, lead="https://", trail="@o1.ingest.test/2"),
    Kind("bearer text", of(TOKEN, 40), lead="Authorization: Bearer "),
    Kind(
        "basic text",
        lambda chance: base64.b64encode(_words(chance).encode()).decode().rstrip("="),
        lead="authorization: Basic ",
    ),
    Kind("assigned", of(ALNUM, 32), lead="API_KEY="),
    Kind("assigned and quoted", of(ALNUM, 32), lead="secret_token = '", trail="'"),
    Kind("login option", _words, lead="curl -u admin:"),
    *(_pem(label) for label in ("PRIVATE KEY", "RSA PRIVATE KEY", "OPENSSH PRIVATE KEY", "EC PRIVATE KEY")),
    _pem("PRIVATE KEY", ended=False),
    _pem("PGP PRIVATE KEY BLOCK"),
    Kind("putty key", _pem_body, lead="Private-Lines: 8\n", trail="\nPrivate-MAC: 0\n", whole=False),
]
_TOLD = [
    Kind("password", _words, members=("password", "db_password", "passphrase")),
    Kind("client secret", of(TOKEN, 30), members=("client_secret", "clientSecret")),
    Kind("oauth token", of(TOKEN, 24), members=("access_token", "refreshToken", "id_token")),
    Kind("oauth verifier", of(TOKEN, 43), members=("code_verifier",)),
    Kind("oauth code", of(TOKEN, 32), members=("code", "state", "nonce")),
    Kind("aws secret key", of(BASE64, 40), members=("aws_secret_access_key", "SecretAccessKey")),
    Kind(
        "api key",
        of(HEX, 32),
        least=_HEX_LEAST,
        members=("api_key", "x-api-key", "ddApiKey"),
        headers=("x-api-key", "DD-API-KEY", "api-key"),
    ),
    Kind("account id", of(ALNUM, 16), members=("account_uuid", "organizationId", "device_id", "session_id", "userID")),
    Kind("session header", of(ALNUM, 16), headers=("x-session-id", "anthropic-organization-id", "X-Device-Id")),
    Kind("bearer", of(TOKEN, 32), headers=("Authorization", "proxy-authorization"), lead="Bearer "),
    Kind(
        "basic",
        lambda chance: base64.b64encode(_words(chance).encode()).decode(),
        headers=("authorization",),
        lead="Basic ",
    ),
    Kind("cookie", of(TOKEN, 24), headers=("Cookie",), lead="sid=", trail="; theme=dark"),
    Kind("set-cookie", of(TOKEN, 40), headers=("Set-Cookie",), lead="sid=", trail="; Path=/; HttpOnly"),
    Kind("csrf header", of(TOKEN, 24), headers=("X-Csrf-Token",)),
]
FREE = [*_ANTHROPIC, *_VENDORS, *_FORMS]
"""What is told by its own form, wherever it stands."""
TOLD = _TOLD
"""What only the name beside it tells."""
ALL = [*FREE, *TOLD]
WORD = Kind("word", of(LOWER, 9))
"""The user's name or the machine's, which the recorder is told."""
