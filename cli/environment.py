"""What each process of the house is told through its environment, and nothing more."""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from cli.databases import AppDatabase
from cli.home import Home
from cli.processes import Command
from cli.roles import APPS, KEYSTORE

SERVICES = ("programs", "participants", "evaluation")
GATEWAY = "gateway"
SERVE = (sys.executable, "-m", "cli.serve")
"""What serves an app; the words that follow are those that `cli.serve.main` takes."""

_ROOT = Path(__file__).parent.parent
# Those who keep personal data or sealed answers.
_KEYSTORE_USERS = ("participants", "evaluation")
# Those who write to people: about their part in editions, and about signing in.
_LETTER_WRITERS = ("participants", GATEWAY)
# What only administrators are told, and what PostgreSQL's libraries would read.
_WITHHELD = ("DATABASE_URL", "QOLDAU_ADMINISTRATOR", "QOLDAU_KEYSTORE_", "PG")


def socket_of(home: Home, app: str) -> Path:
    """Return where the other apps reach `app`."""
    return home.sockets / f"{app}.sock"


def app_command(
    app: str, environment: Mapping[str, str], home: Home, databases: Iterable[AppDatabase]
) -> Command:
    """Return the command that serves `app`: the gateway on loopback too, a service on its unix socket alone."""
    place = ["--port", str(home.port)] if app == GATEWAY else ["--uds", str(socket_of(home, app))]
    return Command([*SERVE, app, *place], app_environment(app, environment, home, databases), _ROOT)


def app_environment(
    app: str, environment: Mapping[str, str], home: Home, databases: Iterable[AppDatabase]
) -> dict[str, str]:
    """Return the environment of `app`: the operator's, without what concerns other apps, and ours."""
    found = {database.app: database for database in databases}
    own = found[app]
    prefix = app.upper()
    told = {
        f"{prefix}_DATABASE_URL": own.runtime,
        f"{prefix}_READ_DATABASE_URL": own.reader or own.runtime,
        f"{prefix}_SIGNING_KEY": str(home.signing_key(app)),
        "QOLDAU_PUBLIC_KEYS": str(home.public_keys),
        "TZ": "UTC",
    }
    if app in _KEYSTORE_USERS:
        told["QOLDAU_KEYSTORE_URL"] = found[KEYSTORE].runtime
        told["QOLDAU_KEYSTORE_MASTER_KEY"] = str(home.master_key)
    if app == "participants":
        told["PARTICIPANTS_UNSEALING_KEY"] = str(home.unsealing_key)
    if app == "evaluation":
        told["EVALUATION_PARTICIPANTS_SEALING_KEY"] = str(home.sealing_key)
    defaults = {
        **{f"QOLDAU_{name.upper()}_URL": f"unix:{socket_of(home, name)}" for name in (*SERVICES, GATEWAY)},
        "QOLDAU_PUBLIC_URL": f"http://127.0.0.1:{home.port}",
        "QOLDAU_FILES": str(home.files),
        **({f"{prefix}_MAIL_FOLDER": str(home.mail)} if app in _LETTER_WRITERS else {}),
        **({"GATEWAY_INTERNAL_ADDRESS": f"unix:{socket_of(home, app)}"} if app == GATEWAY else {}),
    }
    return defaults | _inherited(app, environment) | told


def _inherited(app: str, environment: Mapping[str, str]) -> dict[str, str]:
    others = tuple(f"{other.upper()}_" for other in (*APPS, KEYSTORE) if other != app)
    return {
        name: value
        for name, value in environment.items()
        if not name.startswith((*others, *_WITHHELD))
        and name != f"{app.upper()}_ADMIN_DATABASE_URL"
        and name != "PYTHONDONTWRITEBYTECODE"  # without bytecode each start takes seconds more
    }
