"""What a home is for: an agency's own work, or demonstration. It stays so for as long as the home is there.

A demonstration has accounts that everybody knows and may be emptied at any time: neither may ever happen to
what people entered in earnest.
"""

from collections.abc import Mapping
from enum import StrEnum

from cli.errors import CommandError
from cli.home import Home


class Mode(StrEnum):
    """What a home is for."""

    DEMONSTRATION = "demonstration"
    PRODUCTION = "production"


def wanted_mode(environment: Mapping[str, str]) -> Mode:
    """Return what the environment asks for."""
    asked = environment.get("QOLDAU_DEMO") not in {None, "", "0"}
    return Mode.DEMONSTRATION if asked else Mode.PRODUCTION


def find_mode(home: Home) -> Mode | None:
    """Return what the home was begun for, None before its first start.

    A database that came otherwise, by `qoldau restore` say, is somebody's work.
    """
    path = home.root / "mode"
    if path.exists():
        return Mode(path.read_text())
    return Mode.PRODUCTION if (home.root / "data").exists() else None


def settle_mode(home: Home, mode: Mode) -> None:
    """Let a new home be for `mode`; raise `CommandError` if it was begun for the other one."""
    begun = find_mode(home) or mode
    if begun is not mode:
        remedy = "set QOLDAU_DEMO=1" if begun is Mode.DEMONSTRATION else "unset QOLDAU_DEMO"
        raise CommandError(
            f"{home.root} was begun for {begun}, and stays so: {remedy}, or choose another QOLDAU_HOME"
        )
    (home.root / "mode").write_text(mode)
