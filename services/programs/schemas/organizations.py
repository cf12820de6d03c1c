"""What an organization looks like on the wire."""

from uuid import UUID

from pydantic import ConfigDict, Field

from services.common.clock import Provenance
from services.common.wire import Answer, Code, Flag, Id, Line, Request, Resource, Texts
from services.common.wire_codes import CountryCode, OrganizationType
from services.programs.domain.organizations import OrganizationStatus
from services.programs.schemas import examples
from services.programs.schemas.evidence import Citations, Sourced


class OrganizationIdentifier(Request):
    """A number or code that a register gives to the organization."""

    scheme: Code = Field(examples=["XM-DAC"])
    code: Line = Field(examples=["701-8"])


class OrganizationCreate(Request):
    """A new organization; it is `proposed` until somebody verifies it."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.ORGANIZATION]})

    code: Code = Field(examples=["jica"])
    names: Texts
    acronym: Line | None = None
    verbatim_name: Line | None = None
    kind: OrganizationType | None = None
    country: CountryCode | None = None
    identifiers: list[OrganizationIdentifier] = Field(default_factory=list, max_length=20)
    unresolved: Flag = False
    provenance: Provenance = Provenance.REAL
    """A synthetic organization is possible in demonstration mode only, and no public answer shows it."""
    sources: Citations


class OrganizationChange(Request):
    """What is to be different; what is left out stays as it is."""

    names: Texts | None = None
    acronym: Line | None = None
    kind: OrganizationType | None = None
    country: CountryCode | None = None
    identifiers: list[OrganizationIdentifier] | None = Field(default=None, max_length=20)


class OrganizationMerge(Request):
    """The record that takes the place of this one."""

    into_id: Id


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
    provenance: Provenance


class OrganizationRead(OrganizationItem, Sourced):
    """An organization with its sources."""

    merged_into_id: UUID | None
    """The record that has taken its place, once it is `merged`."""
