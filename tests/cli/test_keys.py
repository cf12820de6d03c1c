import json
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.home import Home
from cli.keys import keys, make_keys
from cli.roles import APPS
from services.common.identity import ANONYMOUS, TokenSigner, TokenVerifier, read_public_keys
from services.common.keystore import read_master_key
from services.common.problems import NotAuthenticated
from services.common.seal import seal, unseal


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("QOLDAU_HOME", str(tmp_path / "home"))
    made = Home(tmp_path / "home", 8000)
    make_keys(made)
    return made


def signed(home: Home, app: str) -> str:
    return TokenSigner.read(app, home.signing_key(app)).sign(ANONYMOUS, audience="programs")


def accepted(home: Home, token: str) -> bool:
    try:
        TokenVerifier.read("programs", home.public_keys).verify(token)
    except NotAuthenticated:
        return False
    return True


def rotate() -> None:
    assert CliRunner().invoke(keys, ["rotate"]).exit_code == 0


@pytest.mark.parametrize("app", APPS)
def test_every_app_signs_what_every_other_accepts(home: Home, app: str) -> None:
    assert accepted(home, signed(home, app))


def test_keys_that_exist_are_left_alone(home: Home) -> None:
    before = {path.name: path.read_bytes() for path in home.keys.iterdir()}
    assert CliRunner().invoke(keys, ["init"]).exit_code == 0
    assert {path.name: path.read_bytes() for path in home.keys.iterdir()} == before


def test_only_we_can_read_them_and_no_private_part_is_published(home: Home) -> None:
    assert {stat.S_IMODE(path.stat().st_mode) for path in home.keys.iterdir()} == {0o600}
    assert stat.S_IMODE(home.keys.stat().st_mode) == 0o700
    published = json.loads(home.public_keys.read_text())["keys"]
    assert len(published) == len(APPS)
    assert not [key for key in published if "d" in key]


def test_tokens_outlive_one_rotation_and_not_two(home: Home) -> None:
    old = signed(home, "gateway")
    rotate()
    new = signed(home, "gateway")
    assert accepted(home, old)
    assert accepted(home, new)
    rotate()
    assert not accepted(home, old)
    assert accepted(home, new)


def test_keys_that_signed_badges_stay_published_and_sign_no_tokens(home: Home) -> None:
    first = signed(home, "participants")
    for _ in range(3):
        rotate()
    assert not accepted(home, first)
    assert accepted(home, signed(home, "participants"))
    assert {app: len(read_public_keys(home.public_keys, app)) for app in APPS} == {
        app: 4 if app == "participants" else 2 for app in APPS
    }
    signer = TokenSigner.read("participants", home.signing_key("participants"))
    assert read_public_keys(home.public_keys, "participants")[-1]["kid"] == signer.key.kid


def test_the_keystore_can_read_its_master_key_which_never_rotates(home: Home) -> None:
    before = read_master_key(home.master_key)
    rotate()
    assert read_master_key(home.master_key) == before


def test_what_is_sealed_to_participants_is_opened_by_participants_alone(home: Home) -> None:
    private, public = (bytes.fromhex(key.read_text()) for key in (home.unsealing_key, home.sealing_key))
    assert unseal(private, seal(public, b"code", "dispatch"), "dispatch") == b"code"
    home.sealing_key.unlink()
    make_keys(home)
    assert bytes.fromhex(home.sealing_key.read_text()) == public
