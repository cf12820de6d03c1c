import os
import stat
from pathlib import Path

import pytest

from cli.errors import CommandError
from cli.home import HomeInUseError, find_home, write_secret


def test_the_environment_chooses_folder_and_ports(tmp_path: Path) -> None:
    home = find_home({"QOLDAU_HOME": str(tmp_path), "QOLDAU_PORT": "8123", "QOLDAU_DATABASE_PORT": "5433"})
    assert (home.root, home.port, home.database_port) == (tmp_path, 8123, 5433)


def test_without_it_root_works_for_the_machine_and_others_for_themselves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert find_home({}).root == Path("/var/lib/qoldau")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert find_home({"XDG_DATA_HOME": "/data"}).root == Path("/data/qoldau")
    assert find_home({}).root == Path.home() / ".local/share/qoldau"
    assert find_home({}).port == 8000


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "8000.0", "٨٠٠"])
def test_what_is_no_port_is_refused(port: str) -> None:
    with pytest.raises(CommandError, match="QOLDAU_PORT"):
        find_home({"QOLDAU_PORT": port})


def test_passwords_are_made_once_and_only_we_can_read_them(tmp_path: Path) -> None:
    home = find_home({"QOLDAU_HOME": str(tmp_path)})
    first = home.passwords(["a", "b"])
    later = home.passwords(["b", "c"])
    assert first["b"] == later["b"]
    assert len({*first.values(), *later.values()}) == 3
    assert stat.S_IMODE((tmp_path / "passwords.json").stat().st_mode) == 0o600


def test_nothing_is_written_where_no_password_is_needed(tmp_path: Path) -> None:
    assert find_home({"QOLDAU_HOME": str(tmp_path / "none")}).passwords([]) == {}
    assert not (tmp_path / "none").exists()


def test_a_secret_is_replaced_as_a_whole(tmp_path: Path) -> None:
    write_secret(tmp_path / "secret", "long long ago")
    (tmp_path / ".secret.draft").write_text("of an interrupted write")
    write_secret(tmp_path / "secret", "now")
    assert (tmp_path / "secret").read_text() == "now"
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_one_command_at_a_time_holds_a_home(tmp_path: Path) -> None:
    home = find_home({"QOLDAU_HOME": str(tmp_path)})
    with home.held(), pytest.raises(HomeInUseError, match=f"process {os.getpid()}"), home.held():
        pass
    with home.held():
        pass
