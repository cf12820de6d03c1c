"""A sandbox can be begun again; what people work in cannot become one, or be emptied."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.demo import empty_sandbox
from cli.errors import CommandError
from cli.home import Home
from cli.mode import Mode, find_mode, settle_mode


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path / "home", 8000)
    with home.held():
        yield home


def fill(home: Home) -> None:
    for name in ("data", "files", "keys"):
        (home.root / name).mkdir()
        (home.root / name / "something").touch()
    (home.root / "demonstration.ready").touch()


def test_a_new_home_is_what_its_first_start_says(home: Home) -> None:
    assert find_mode(home) is None
    settle_mode(home, Mode.DEMONSTRATION)
    assert find_mode(home) is Mode.DEMONSTRATION
    settle_mode(home, Mode.DEMONSTRATION)


@pytest.mark.parametrize(
    ("begun", "other"),
    [(Mode.DEMONSTRATION, Mode.PRODUCTION), (Mode.PRODUCTION, Mode.DEMONSTRATION)],
)
def test_a_home_stays_what_it_was_begun_for(home: Home, begun: Mode, other: Mode) -> None:
    settle_mode(home, begun)
    with pytest.raises(CommandError, match=f"begun for {begun}"):
        settle_mode(home, other)
    assert find_mode(home) is begun


def test_a_restored_database_is_no_demonstration(home: Home) -> None:
    (home.root / "data").mkdir()
    with pytest.raises(CommandError, match="begun for production"):
        settle_mode(home, Mode.DEMONSTRATION)


def test_an_emptied_sandbox_keeps_its_keys_alone(home: Home) -> None:
    settle_mode(home, Mode.DEMONSTRATION)
    fill(home)
    empty_sandbox(home, {})
    assert sorted(path.name for path in home.root.iterdir()) == ["keys", "lock", "mode"]


def test_a_new_home_is_empty_already(home: Home) -> None:
    empty_sandbox(home, {})
    assert [path.name for path in home.root.iterdir()] == ["lock"]


def test_nothing_else_is_emptied(home: Home) -> None:
    settle_mode(home, Mode.PRODUCTION)
    fill(home)
    with pytest.raises(CommandError, match="never emptied"):
        empty_sandbox(home, {})
    assert (home.root / "data" / "something").exists()


def test_a_database_elsewhere_is_not_touched(home: Home) -> None:
    settle_mode(home, Mode.DEMONSTRATION)
    fill(home)
    with pytest.raises(CommandError, match="DATABASE_URL"):
        empty_sandbox(home, {"DATABASE_URL": "postgresql://elsewhere/qoldau"})
    assert (home.root / "data" / "something").exists()
