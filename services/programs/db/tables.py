"""Every table of the programs schema."""

from typing import Final

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped

from services.common.database import TYPES, Versioned
from services.common.database_errors import translate_constraint
from services.common.house import room_metadata
from services.programs.domain.organizations import OrganizationStatus
from services.programs.domain.problems import OrganizationExists

SCHEMA_REVISION: Final = "0001"
"""The revision of `migrations/programs` that this code needs."""


class Base(DeclarativeBase):
    """Root of this room's mapping."""

    type_annotation_map = TYPES
    metadata = room_metadata("programs")


class Organization(Versioned, Base):
    """A party to development cooperation: agency, ministry, university, bank, embassy, company."""

    __tablename__ = "organization"
    __table_args__ = (
        UniqueConstraint("code", name="uq_organization_code"),
        Index("ix_organization_country", "country"),
    )

    code: Mapped[str]
    """The installation's own short code, such as `tika`; the natural key of imports."""
    names: Mapped[dict[str, str]]
    acronym: Mapped[str | None]
    verbatim_name: Mapped[str | None]
    """The name as printed in the source."""
    kind: Mapped[str | None]
    """IATI OrganisationType."""
    country: Mapped[str | None]
    """ISO 3166-1 alpha-2."""
    identifiers: Mapped[list[dict[str, str]]]
    status: Mapped[OrganizationStatus]


translate_constraint("uq_organization_code", OrganizationExists)
