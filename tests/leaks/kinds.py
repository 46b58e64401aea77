"""Kinds of secrets: every kind that redaction covers, with new random values in each run."""

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
"""Among so many secrets and pseudonyms, 8 digits agree by chance now and then."""


@dataclass(frozen=True)
class Kind:
    """A kind of secret."""

    name: str
    make: Make
    kept: str = ""
    """The public prefix that a pseudonym may keep."""
    members: tuple[str, ...] = ()
    """Names of JSON members, parameters and form fields that reveal it; empty if its own form reveals it."""
    headers: tuple[str, ...] = ()
    """Names of headers that reveal it."""
    public: tuple[str, ...] = ()
    """Parts that all secrets of the kind have."""
    lead: str = ""
    """The text before it that belongs to its form."""
    trail: str = ""
    """The text after it that belongs to its form."""
    least: int = 8
    """The shortest common part that is not a coincidence."""
    whole: bool = True
    """True if it has one pseudonym; a private key has one per line."""

    def text(self, secret: str) -> str:
        """Return the secret with the text of its form."""
        return self.lead + secret + self.trail


def chars(alphabet: str, size: int) -> Make:
    """Return a generator of random characters, with letters and digits if the alphabet has both."""
    mixed = any(character in alphabet for character in string.digits) and any(
        character in alphabet for character in string.ascii_letters
    )

    def make(chance: random.Random) -> str:
        value = "".join(chance.choices(alphabet, k=size))
        while (mixed and sum(character.isdigit() for character in value) < 2) or value[0] in "-_" or value[-1] in "-_":
            value = "".join(chance.choices(alphabet, k=size))
        return value

    return make


def prefixed(prefix: str, make: Make) -> Make:
    """Return a generator of a prefix followed by random text."""
    return lambda chance: prefix + make(chance)


def _with_prefix(prefix: str, alphabet: str, size: int, name: str = "") -> Kind:
    return Kind(
        name or prefix.rstrip("-_."),
        prefixed(prefix, chars(alphabet, size)),
        kept=prefix,
        least=_HEX_LEAST if alphabet == HEX else 8,
    )


def _uuid(chance: random.Random) -> str:
    return "-".join(chars(HEX, size)(chance) for size in (8, 4, 4, 4, 12))


def _jwt(chance: random.Random) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    head, body = (part({chars(LOWER, 5)(chance): chars(ALNUM, 14)(chance)}) for _ in range(2))
    return f"{head}.{body}.{chars(TOKEN, 43)(chance)}"


def _email(chance: random.Random) -> str:
    first, last, host = (chars(LOWER, size)(chance) for size in (10, 4, 10))
    return f"{first}.{last}@{host}.{chance.choice(['org', 'com', 'io'])}"


def _pem_body(chance: random.Random) -> str:
    lines = [chars(BASE64, 64)(chance) for _ in range(chance.randrange(3, 12))]
    return "\n".join([*lines, chars(BASE64, chance.randrange(20, 60))(chance)]) + "="


def _pem(label: str, *, ended: bool = True) -> Kind:
    name = label + ("" if ended else " without end")
    trail = f"\n-----END {label}-----\n" if ended else ""
    return Kind(name.lower(), _pem_body, lead=f"-----BEGIN {label}-----\n", trail=trail, whole=False)


def _words(chance: random.Random) -> str:
    """Return a password without a form of its own, revealed only by the name beside it."""
    return "".join(chars(LOWER, 4)(chance).title() for _ in range(3)) + chance.choice("!.~*")


def _joined(separator: str, *makes: Make) -> Make:
    return lambda chance: separator.join(make(chance) for make in makes)


_ANTHROPIC = [
    _with_prefix(prefix, TOKEN, size)
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
    _with_prefix("sk-proj-", TOKEN, 120),
    _with_prefix("sk-svcacct-", TOKEN, 74),
    Kind(
        "sk-legacy",
        lambda chance: f"sk-{chars(ALNUM, 20)(chance)}T3BlbkFJ{chars(ALNUM, 20)(chance)}",
        kept="sk-",
        public=("T3BlbkFJ",),
    ),
    _with_prefix("sk-or-v1-", HEX, 64),
    *(_with_prefix(prefix, ALNUM, 36) for prefix in ("ghp_", "gho_", "ghu_", "ghs_", "ghr_")),
    Kind(
        "github_pat",
        _joined("_", prefixed("github_pat_", chars(ALNUM, 22)), chars(ALNUM, 59)),
        kept="github_pat_",
    ),
    _with_prefix("glpat-", TOKEN, 20),
    Kind(
        "xoxb",
        _joined(
            "-",
            prefixed("xoxb-", chars(string.digits, 12)),
            chars(string.digits, 12),
            chars(ALNUM, 24),
        ),
        kept="xoxb-",
        least=_DIGITS_LEAST,
    ),
    Kind(
        "xapp",
        _joined("-", prefixed("xapp-1-", chars(UPPER, 11)), chars(string.digits, 13), chars(HEX, 64)),
        kept="xapp-",
        least=_DIGITS_LEAST,
    ),
    Kind(
        "slack webhook",
        _joined("/", prefixed("T", chars(UPPER, 10)), prefixed("B", chars(UPPER, 10)), chars(ALNUM, 24)),
        lead="https://hooks.slack.com/services/",
    ),
    Kind(
        "discord webhook",
        _joined("/", chars("123456789", 18), chars(TOKEN, 68)),
        lead="https://discord.com/api/webhooks/",
        least=_DIGITS_LEAST,
    ),
    *(_with_prefix(prefix, ALNUM, 40) for prefix in ("nvapi-", "sntrys_", "figd_", "tvly-")),
    _with_prefix("dapi", HEX, 32),
    Kind("google refresh token", prefixed("1//0", chars(TOKEN, 60))),
    _with_prefix("AKIA", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16),
    _with_prefix("ASIA", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16),
    _with_prefix("AIza", TOKEN, 35),
    _with_prefix("ya29.", TOKEN, 60),
    _with_prefix("GOCSPX-", TOKEN, 28),
    _with_prefix("sk_live_", ALNUM, 24),
    _with_prefix("rk_live_", ALNUM, 24),
    _with_prefix("sk_test_", ALNUM, 24),
    _with_prefix("whsec_", ALNUM, 32),
    _with_prefix("npm_", ALNUM, 36),
    Kind("pypi", prefixed("pypi-AgEIcHlwaS5vcmc", chars(TOKEN, 90)), kept="pypi-", public=("AgEIcHlwaS5vcmc",)),
    _with_prefix("hf_", ALNUM, 34),
    _with_prefix("gsk_", ALNUM, 52),
    _with_prefix("r8_", ALNUM, 37),
    _with_prefix("xai-", ALNUM, 80),
    _with_prefix("pplx-", ALNUM, 48),
    _with_prefix("dop_v1_", HEX, 64),
    _with_prefix("shpat_", HEX, 32),
    _with_prefix("hvs.", ALNUM, 30),
    _with_prefix("lin_api_", ALNUM, 40),
    Kind("sendgrid", _joined(".", prefixed("SG.", chars(TOKEN, 22)), chars(TOKEN, 43)), kept="SG."),
    _with_prefix("SK", HEX, 32, "twilio key"),
    _with_prefix("AC", HEX, 32, "twilio account"),
    Kind("mailchimp", lambda chance: chars(HEX, 32)(chance) + "-us12", least=_HEX_LEAST),
    Kind(
        "telegram",
        _joined(":", chars("123456789", 10), prefixed("AA", chars(TOKEN, 33))),
        least=_DIGITS_LEAST,
    ),
    Kind("discord", _joined(".", prefixed("M", chars(ALNUM, 23)), chars(ALNUM, 6), chars(TOKEN, 27))),
    Kind("statsig client", prefixed("client-", chars(ALNUM, 44)), kept="client-"),
    Kind("statsig secret", prefixed("secret-", chars(ALNUM, 44)), kept="secret-"),
    Kind("azure account key", lambda chance: chars(BASE64, 86)(chance) + "==", lead="AccountName=store;AccountKey="),
    Kind(
        "azure signature",
        lambda chance: chars(ALNUM, 43)(chance) + "=",
        lead="https://x.test/?sv=2024-01-01&sig=",
    ),
]
_FORMS = [
    Kind("jwt", _jwt, kept="eyJ", least=12),
    Kind("email", _email),
    Kind("uuid", _uuid, least=_HEX_LEAST),
    Kind("hex 64", chars(HEX, 64), least=_HEX_LEAST),
    Kind("user id form", chars(HEX, 64), lead="user_", trail="_account__session_", least=_HEX_LEAST),
    Kind("prefixed id", prefixed("org_", prefixed("01", chars(ALNUM, 22))), kept="org_"),
    Kind("home", chars(LOWER, 10), lead="/home/", trail="/work"),
    Kind("home of mac", chars(LOWER, 10), lead="/Users/", trail="/work"),
    Kind("home of windows", chars(LOWER, 10), lead="C:\\Users\\", trail="\\work"),
    Kind("url password", chars(ALNUM, 16), lead="postgres://app:", trail="@db.test:5432/x"),
    Kind("url user", chars(HEX, 32), least=_HEX_LEAST, lead="https://", trail="@o1.ingest.test/2"),
    Kind("bearer text", chars(TOKEN, 40), lead="Authorization: Bearer "),
    Kind(
        "basic text",
        lambda chance: base64.b64encode(_words(chance).encode()).decode().rstrip("="),
        lead="authorization: Basic ",
    ),
    Kind("assigned", chars(ALNUM, 32), lead="API_KEY="),
    Kind("assigned and quoted", chars(ALNUM, 32), lead="secret_token = '", trail="'"),
    Kind("login option", _words, lead="curl -u admin:"),
    *(_pem(label) for label in ("PRIVATE KEY", "RSA PRIVATE KEY", "OPENSSH PRIVATE KEY", "EC PRIVATE KEY")),
    _pem("PRIVATE KEY", ended=False),
    _pem("PGP PRIVATE KEY BLOCK"),
    Kind("putty key", _pem_body, lead="Private-Lines: 8\n", trail="\nPrivate-MAC: 0\n", whole=False),
]
_NAMED = [
    Kind("password", _words, members=("password", "db_password", "passphrase")),
    Kind("client secret", chars(TOKEN, 30), members=("client_secret", "clientSecret")),
    Kind("oauth token", chars(TOKEN, 24), members=("access_token", "refreshToken", "id_token")),
    Kind("oauth verifier", chars(TOKEN, 43), members=("code_verifier",)),
    Kind("oauth code", chars(TOKEN, 32), members=("code", "state", "nonce")),
    Kind("aws secret key", chars(BASE64, 40), members=("aws_secret_access_key", "SecretAccessKey")),
    Kind(
        "api key",
        chars(HEX, 32),
        least=_HEX_LEAST,
        members=("api_key", "x-api-key", "ddApiKey"),
        headers=("x-api-key", "DD-API-KEY", "api-key"),
    ),
    Kind(
        "account id",
        chars(ALNUM, 16),
        members=("account_uuid", "organizationId", "device_id", "session_id", "userID"),
    ),
    Kind("session header", chars(ALNUM, 16), headers=("x-session-id", "anthropic-organization-id", "X-Device-Id")),
    Kind("bearer", chars(TOKEN, 32), headers=("Authorization", "proxy-authorization"), lead="Bearer "),
    Kind(
        "basic",
        lambda chance: base64.b64encode(_words(chance).encode()).decode(),
        headers=("authorization",),
        lead="Basic ",
    ),
    Kind("cookie", chars(TOKEN, 24), headers=("Cookie",), lead="sid=", trail="; theme=dark"),
    Kind("set-cookie", chars(TOKEN, 40), headers=("Set-Cookie",), lead="sid=", trail="; Path=/; HttpOnly"),
    Kind("csrf header", chars(TOKEN, 24), headers=("X-Csrf-Token",)),
]
FREE = [*_ANTHROPIC, *_VENDORS, *_FORMS]
"""Kinds that are recognised by their own form in every place."""
NAMED = _NAMED
"""Kinds that are recognised only by the name beside them."""
ALL = [*FREE, *NAMED]
WORD = Kind("word", chars(LOWER, 9))
"""The name of the user or the machine, which the recorder is given."""
