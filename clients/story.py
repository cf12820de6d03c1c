"""Part of the story, as an embassy's own system plays it: a nominator enters a person, a manager corrects it.

Usage, after `make clients`: PYTHONPATH=clients/generated python clients/story.py http://127.0.0.1:8000
"""

import sys
from http import HTTPStatus
from typing import TypeVar, cast
from uuid import UUID, uuid4

from qoldau_client import AuthenticatedClient, Client
from qoldau_client.api.consents import record_consent
from qoldau_client.api.me import read_me
from qoldau_client.api.organizations import create_organization
from qoldau_client.api.persons import (
    change_person,
    create_authority,
    create_person,
    list_persons,
    read_person,
)
from qoldau_client.api.tokens import issue_token
from qoldau_client.models import (
    AuthorityCreate,
    AuthorityRead,
    ConsentCreate,
    ConsentEvidence,
    ConsentPurpose,
    ConsentRead,
    FollowedPagePersonItem,
    MeRead,
    OrganizationCreate,
    OrganizationCreateNames,
    OrganizationRead,
    PasswordSignIn,
    PersonChange,
    PersonCreate,
    PersonName,
    PersonRead,
    ProblemDetails,
    Provenance,
    Role,
    Sex,
    TokenAnswer,
)
from qoldau_client.types import Response

T = TypeVar("T")
COUNTRY = "TJ"
DIRECT = {"trust_env": False}


def taken(answer: object, kind: type[T]) -> T:
    """Return an answer of the `kind` that is hoped for; a problem ends the story."""
    if not isinstance(answer, kind):
        sys.exit(f"the story stops: {answer}")
    return answer


def sign_in(address: str, role: Role) -> AuthenticatedClient:
    """Return a client that speaks as the demonstration account with `role`."""
    credentials = PasswordSignIn(
        grant_type="password", login=f"{role}@demonstration.example", password="qoldau-demonstration"
    )
    # The generator asks for a token wherever one may be sent; signing in is where it comes from.
    nobody = cast("AuthenticatedClient", Client(address, httpx_args=DIRECT))
    answer = issue_token.sync(client=nobody, body=credentials)
    return AuthenticatedClient(address, token=taken(answer, TokenAnswer).access_token, httpx_args=DIRECT)


def enter_authority(manager: AuthenticatedClient) -> UUID:
    """Enter the body that nominates, as a manager does."""
    organization = OrganizationCreate(
        code=f"py-{uuid4()}",
        names=OrganizationCreateNames.from_dict({"en": "Synthetic nominating authority"}),
        country=COUNTRY,
        provenance=Provenance.SYNTHETIC,
    )
    made = taken(create_organization.sync(client=manager, body=organization), OrganizationRead)
    authority = AuthorityCreate(organization_id=made.id, country=COUNTRY)
    return taken(create_authority.sync(client=manager, body=authority), AuthorityRead).id


def enter_person(nominator: AuthenticatedClient, authority: UUID) -> PersonRead:
    """Enter somebody made up, once, though the request is sent twice."""
    somebody = PersonCreate(
        names=[PersonName(language="tg-Cyrl", given="Нигина", family="Намуна")],
        sex=Sex.FEMALE,
        nationality=COUNTRY,
        preferred_language="ru",
        email=f"synthetic-{uuid4()}@demonstration.example",
        provenance=Provenance.SYNTHETIC,
        authority_id=authority,
    )
    key = str(uuid4())
    first, again = (
        taken(create_person.sync(client=nominator, body=somebody, idempotency_key=key), PersonRead)
        for _ in range(2)
    )
    assert first.id == again.id, "a repeat with the same key has one effect"
    consent = ConsentCreate(
        purpose=ConsentPurpose.PROCESS_APPLICATION,
        text_version="1",
        language_tag="ru",
        cross_border=True,
        evidence=ConsentEvidence.PAPER_SCAN,
    )
    taken(record_consent.sync(first.id, client=nominator, body=consent), ConsentRead)
    return first


def correct(manager: AuthenticatedClient, person: PersonRead) -> None:
    """Change the entry on the version that was read; a second time, that version is stale."""
    read: Response[PersonRead | ProblemDetails] = read_person.sync_detailed(person.id, client=manager)
    version = read.headers["ETag"]
    change = PersonChange(preferred_language="en")
    changed = change_person.sync(person.id, client=manager, body=change, if_match=version)
    assert taken(changed, PersonRead).preferred_language == "en"
    late = change_person.sync_detailed(person.id, client=manager, body=change, if_match=version)
    assert late.status_code is HTTPStatus.PRECONDITION_FAILED
    assert taken(late.parsed, ProblemDetails).code == "precondition-failed"


def play(address: str) -> None:
    """Play it all."""
    manager, nominator = sign_in(address, Role.MANAGER), sign_in(address, Role.NOMINATOR)
    assert Role.NOMINATOR in taken(read_me.sync(client=nominator), MeRead).roles
    person = enter_person(nominator, enter_authority(manager))
    correct(manager, person)
    seen = taken(list_persons.sync(client=nominator, limit=200), FollowedPagePersonItem).items
    assert {one.nationality for one in seen} == {COUNTRY}
    unknown = read_person.sync(uuid4(), client=nominator)
    assert taken(unknown, ProblemDetails).status == HTTPStatus.NOT_FOUND
    print(f"played: {person.id}")


if __name__ == "__main__":
    play(sys.argv[1])
