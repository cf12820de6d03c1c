import json
from pathlib import Path

import pytest

from cli.databases import find_databases
from cli.environment import GATEWAY, SERVICES, app_environment
from cli.home import Home
from cli.roles import APPS

ADMIN = "postgresql://admin:top-secret@db/main"


def told(app: str, home: Path, **given: str) -> dict[str, str]:
    environment = {"PATH": "/bin", "DATABASE_URL": ADMIN, **given}
    place = Home(home, 8000)
    return app_environment(app, environment, place, find_databases(environment, place, ADMIN))


@pytest.mark.parametrize("app", APPS)
def test_an_app_is_told_its_own_logins_and_no_other(app: str, tmp_path: Path) -> None:
    environment = told(app, tmp_path, KEYSTORE_ADMIN_DATABASE_URL=ADMIN, PGPASSWORD="top-secret")
    logins = {name for name in environment if name.endswith("DATABASE_URL")}
    assert logins == {f"{app.upper()}_DATABASE_URL", f"{app.upper()}_READ_DATABASE_URL"}
    assert f"//main_{app}:" in environment[f"{app.upper()}_DATABASE_URL"]
    assert f"//main_{app}_reader:" in environment[f"{app.upper()}_READ_DATABASE_URL"]
    assert not [name for name, value in environment.items() if "top-secret" in value]
    passwords = json.loads((tmp_path / "passwords.json").read_text())
    told_to = {role for role, password in passwords.items() if password in str(environment)}
    assert told_to - {"main_keystore"} == {f"main_{app}", f"main_{app}_reader"}
    assert environment[f"{app.upper()}_SIGNING_KEY"].endswith(f"{app}.json")


@pytest.mark.parametrize("app", APPS)
def test_only_those_who_keep_personal_data_reach_the_keystore(app: str, tmp_path: Path) -> None:
    given = {"QOLDAU_KEYSTORE_URL": "postgresql://main_keystore:x@db/main_keystore"}
    environment = told(app, tmp_path, **given)
    reached = {name for name in environment if "KEYSTORE" in name}
    expected = {"QOLDAU_KEYSTORE_URL", "QOLDAU_KEYSTORE_MASTER_KEY"}
    assert reached == (expected if app in {"participants", "evaluation"} else set())


def test_participants_alone_opens_what_evaluation_seals(tmp_path: Path) -> None:
    home = Home(tmp_path, 8000)
    holders = {app for app in APPS if str(home.unsealing_key) in told(app, tmp_path).values()}
    assert holders == {"participants"}
    assert told("evaluation", tmp_path)["EVALUATION_PARTICIPANTS_SEALING_KEY"] == str(home.sealing_key)
    assert told("participants", tmp_path)["PARTICIPANTS_MAIL_FOLDER"] == str(home.mail)
    assert told("gateway", tmp_path)["GATEWAY_MAIL_FOLDER"] == str(home.mail)
    assert "PROGRAMS_MAIL_FOLDER" not in told("programs", tmp_path)
    elsewhere = told("participants", tmp_path, PARTICIPANTS_MAIL_FOLDER="/srv/mail")
    assert elsewhere["PARTICIPANTS_MAIL_FOLDER"] == "/srv/mail"


def test_everybody_is_told_where_everybody_is(tmp_path: Path) -> None:
    for app in APPS:
        environment = told(app, tmp_path)
        for other in (*SERVICES, GATEWAY):
            assert environment[f"QOLDAU_{other.upper()}_URL"] == f"unix:{tmp_path}/run/{other}.sock"
        assert environment["QOLDAU_PUBLIC_URL"] == "http://127.0.0.1:8000"
        own = environment["QOLDAU_GATEWAY_URL"] if app == GATEWAY else None
        assert environment.get("GATEWAY_INTERNAL_ADDRESS") == own


def test_the_operator_has_the_last_word_on_what_is_theirs(tmp_path: Path) -> None:
    environment = told(
        GATEWAY,
        tmp_path,
        QOLDAU_PUBLIC_URL="https://programs.example",
        QOLDAU_LOG_LEVEL="DEBUG",
        GATEWAY_DATABASE_URL="postgresql://own@elsewhere/gateway",
        PROGRAMS_WRITE_CONNECTIONS="3",
    )
    assert environment["QOLDAU_PUBLIC_URL"] == "https://programs.example"
    assert environment["QOLDAU_LOG_LEVEL"] == "DEBUG"
    assert environment["GATEWAY_DATABASE_URL"] == "postgresql://own@elsewhere/gateway"
    assert "PROGRAMS_WRITE_CONNECTIONS" not in environment


def test_an_app_can_be_moved_to_a_database_of_its_own(tmp_path: Path) -> None:
    environment = {
        "DATABASE_URL": ADMIN,
        "EVALUATION_ADMIN_DATABASE_URL": "postgresql://root:pw@other/answers",
        "PROGRAMS_DATABASE_URL": "postgresql://main_programs:chosen%21@db/main",
        "PROGRAMS_READ_DATABASE_URL": "postgresql://somebody:else@db/main",
    }
    found = {database.app: database for database in find_databases(environment, Home(tmp_path, 8000), ADMIN)}
    assert found["evaluation"].admin == "postgresql://root:pw@other/answers"
    assert found["evaluation"].names.runtime == "answers_evaluation"
    assert found["participants"].admin == ADMIN
    assert found["keystore"].admin == "postgresql://admin:top-secret@db/main_keystore"
    assert found["programs"].runtime == environment["PROGRAMS_DATABASE_URL"]
    assert found["programs"].passwords == {"main_programs": "chosen!"}
