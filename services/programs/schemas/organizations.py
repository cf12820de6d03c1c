"""What an organization looks like on the wire."""

from typing import Annotated

from pydantic import AfterValidator, Field

from services.common.codelists import is_country, load_codelist
from services.common.wire import Answer, Code, Line, Request, Resource, Texts
from services.programs.domain.organizations import OrganizationStatus


def _organization_type(code: str) -> str:
    if not load_codelist("OrganisationType").is_current(code):
        raise ValueError("expected a current code of IATI OrganisationType")
    return code


def _country(code: str) -> str:
    if not is_country(code):
        raise ValueError("expected a country of ISO 3166-1 alpha-2")
    return code


OrganizationType = Annotated[Code, AfterValidator(_organization_type), Field(examples=["10"])]
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$", examples=["TJ"]), AfterValidator(_country)]


class OrganizationIdentifier(Request):
    """A number or code that a register gives to the organization."""

    scheme: Code = Field(examples=["XM-DAC"])
    code: Line = Field(examples=["701-8"])


class OrganizationCreate(Request):
    """A new organization; it is `proposed` until somebody verifies it."""

    code: Code = Field(examples=["jica"])
    names: Texts
    acronym: Line | None = None
    verbatim_name: Line | None = None
    kind: OrganizationType | None = None
    country: CountryCode | None = None
    identifiers: list[OrganizationIdentifier] = Field(default_factory=list, max_length=20)
    unresolved: bool = False


class OrganizationChange(Request):
    """What is to be different; what is left out stays as it is."""

    names: Texts | None = None
    acronym: Line | None = None
    kind: OrganizationType | None = None
    country: CountryCode | None = None
    identifiers: list[OrganizationIdentifier] | None = Field(default=None, max_length=20)


class IdentifierRead(Answer):
    """A number or code that a register gives to the organization."""

    scheme: str
    code: str


class OrganizationItem(Resource):
    """An organization, as it stands in lists."""

    code: str
    names: dict[str, str]
    acronym: str | None
    verbatim_name: str | None
    kind: str | None
    country: str | None
    identifiers: list[IdentifierRead]
    status: OrganizationStatus


class OrganizationRead(OrganizationItem):
    """An organization with what this caller may do to it."""
