"""The folder of an instance's unix sockets."""

import hashlib
import os
import tempfile
from pathlib import Path

from cli.errors import CommandError

_LONGEST_PATH = 107  # bytes, sockaddr_un.sun_path without its closing NUL
_LONGEST_NAME = "postgresql/.s.PGSQL.65535"


def socket_folder(home: Path) -> Path:
    """Return `<home>/run`, or a short folder of its own where sockets in that would have too long a path.

    A unix socket's path has at most 107 bytes, so the sockets of a deep `home` are in the system's temporary
    folder, under a name made from a digest of `home`.
    """
    folder = home / "run"
    if len(os.fsencode(folder / _LONGEST_NAME)) <= _LONGEST_PATH:
        return folder
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"qoldau-{os.getuid()}-{digest}"


def make_socket_folder(home: Path) -> Path:
    """Make the folder of sockets, closed to other users, and return it.

    Raises `CommandError` if somebody else has made it, which they can where it is in the temporary folder.
    """
    folder = socket_folder(home)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise CommandError(f"{folder} belongs to somebody else: remove it and start again")
    return folder
