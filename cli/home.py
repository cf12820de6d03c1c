"""Where one instance of Qoldau keeps everything, and who may work on it."""

import fcntl
import json
import os
import secrets
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cli.errors import CommandError
from cli.sockets import socket_folder

DATABASE = "qoldau"
DEFAULT_PORT = 8000


class HomeInUseError(CommandError):
    """Another command works on this home; the message says which."""


@dataclass(frozen=True)
class Home:
    """One instance's folder; two instances have two."""

    root: Path
    port: int
    """The gateway's, on loopback."""
    database_port: int | None = None
    """The embedded PostgreSQL's on loopback, if it is to have one beside its unix socket."""

    @property
    def keys(self) -> Path:
        """The apps' signing keys and everybody's public ones."""
        return self.root / "keys"

    @property
    def master_key(self) -> Path:
        """What wraps the keys of the keystore: 32 bytes as hexadecimal."""
        return self.keys / "master.key"

    @property
    def public_keys(self) -> Path:
        """The JWKS that every app checks tokens with."""
        return self.keys / "public.json"

    @property
    def unsealing_key(self) -> Path:
        """What opens the tokens sealed to participants: a private X25519 key as hexadecimal."""
        return self.keys / "unsealing.key"

    @property
    def sealing_key(self) -> Path:
        """The public half of `unsealing_key`, to which evaluation seals."""
        return self.keys / "sealing.key"

    def signing_key(self, app: str) -> Path:
        """Return where the private key of `app` is."""
        return self.keys / f"{app}.json"

    @property
    def sockets(self) -> Path:
        """The unix sockets of the services, open to us alone."""
        return socket_folder(self.root)

    @property
    def files(self) -> Path:
        """Uploaded files."""
        return self.root / "files"

    @property
    def mail(self) -> Path:
        """Messages to people, as long as no mail server takes them."""
        return self.root / "mail"

    @property
    def logs(self) -> Path:
        """One file per process."""
        return self.root / "logs"

    @property
    def _passwords(self) -> Path:
        return self.root / "passwords.json"

    def passwords(self, roles: Collection[str]) -> dict[str, str]:
        """Return the password of each of `roles`, made up and kept on first use."""
        known: dict[str, str] = json.loads(self._passwords.read_text()) if self._passwords.exists() else {}
        if missing := set(roles) - set(known):
            known |= {role: secrets.token_urlsafe(24) for role in sorted(missing)}
            write_secret(self._passwords, json.dumps(known, indent=1))
        return {role: known[role] for role in roles}

    def make(self) -> None:
        """Make the folder if it is missing; PostgreSQL's system user must be able to enter it."""
        if not self.root.exists():
            self.root.mkdir(parents=True)
            self.root.chmod(0o755)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the home for ourselves: only one command at a time may run its processes.

        Raises `HomeInUseError` if another one does.
        """
        self.make()
        with (self.root / "lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                lock.seek(0)
                raise HomeInUseError(
                    f"{self.root} is in use by process {lock.read().strip()}: stop that one, "
                    "or set QOLDAU_HOME and QOLDAU_PORT to run a second instance beside it"
                ) from error
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield


def find_home(environment: Mapping[str, str]) -> Home:
    """Return the home that `QOLDAU_HOME` names, with its ports, or the default one.

    Raises `CommandError` if `QOLDAU_PORT` or `QOLDAU_DATABASE_PORT` is no port.
    """
    root = Path(environment.get("QOLDAU_HOME") or _default_root(environment))
    return Home(
        root.expanduser().absolute(),
        _port(environment, "QOLDAU_PORT") or DEFAULT_PORT,
        _port(environment, "QOLDAU_DATABASE_PORT"),
    )


def find_address(environment: Mapping[str, str]) -> str:
    """Return where the gateway answers: `QOLDAU_ADDRESS`, or the port of this home on loopback."""
    return environment.get("QOLDAU_ADDRESS") or f"http://127.0.0.1:{find_home(environment).port}"


def write_secret(path: Path, text: str) -> None:
    """Write `text` to a file that only we can read, all of it or nothing."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600, exist_ok=False)
    with draft.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)


def _default_root(environment: Mapping[str, str]) -> Path:
    if os.geteuid() == 0:
        return Path("/var/lib/qoldau")
    return Path(environment.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "qoldau"


def _port(environment: Mapping[str, str], name: str) -> int | None:
    text = environment.get(name)
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise CommandError(f"{name} is no port: {text!r}")
    return int(text)
