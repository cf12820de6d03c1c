"""Tables of editions: what is planned, for whom, with which seats, and how that changed."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Computed, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.common.clock import Provenance
from services.common.database import Identified, Versioned
from services.common.search import searchable
from services.programs.db.base import Base
from services.programs.domain.editions import (
    ContentKind,
    CountryRelation,
    EditionState,
    InvitationReply,
    Modality,
)
from services.programs.domain.events import SeatOwner
from services.programs.domain.seats import RollOver

if TYPE_CHECKING:
    from services.programs.db.tables import Program


class Edition(Versioned, Base):
    """One time that a program, or a component of it, is carried out."""

    __tablename__ = "edition"
    __table_args__ = (
        UniqueConstraint("code", name="uq_edition_code"),
        Index("ix_edition_program_id", "program_id"),
        Index("ix_edition_state", "state"),
        Index("ix_edition_earliest", "earliest", "id"),
        Index("ix_edition_search", "search", postgresql_using="gin"),
        # P3; the same ordinal of a synthetic edition is another one.
        Index(
            "uq_edition_ordinal",
            "program_id",
            "component_id",
            "year",
            "ordinal",
            "provenance",
            unique=True,
            postgresql_where=text("ordinal IS NOT NULL"),
            postgresql_nulls_not_distinct=True,
        ),
    )

    program_id: Mapped[UUID] = mapped_column(ForeignKey("program.id"))
    component_id: Mapped[UUID | None] = mapped_column(ForeignKey("component.id"))
    predecessor_id: Mapped[UUID | None] = mapped_column(ForeignKey("edition.id"))
    code: Mapped[str]
    ordinal: Mapped[int | None]
    title: Mapped[dict[str, str]]
    topic: Mapped[dict[str, str] | None]
    public_text: Mapped[dict[str, str] | None]
    period: Mapped[str]
    """EDTF."""
    earliest: Mapped[date]
    """Derived from the period, for sorting; so is `latest`."""
    latest: Mapped[date]
    year: Mapped[int] = mapped_column(Computed("(extract(year FROM earliest))::integer", persisted=True))
    """Of the earliest day."""
    search: Mapped[str] = mapped_column(
        TSVECTOR, searchable("programs", "code", languages=["title", "topic"]), deferred=True
    )
    """The words by which it is found, folded (`services.common.search`)."""
    duration_days: Mapped[int | None]
    host_places: Mapped[list[dict[str, Any]]]
    modality: Mapped[Modality | None]
    zone: Mapped[str]
    languages: Mapped[list[str]]
    audience: Mapped[str | None]
    sectors: Mapped[list[dict[str, Any]]]
    coded_by: Mapped[str | None]
    capacity_min: Mapped[int | None]
    capacity_max: Mapped[int | None]
    call_opens_at: Mapped[datetime | None]
    call_closes_at: Mapped[datetime | None]
    replacement_until: Mapped[datetime | None]
    form_version_id: Mapped[UUID | None]
    eligibility_rules: Mapped[list[dict[str, Any]] | None]
    """None until the rules are published; an empty list says that there are none."""
    eligibility_rules_version: Mapped[int] = mapped_column(default=0)
    """Counts how often the rules were saved; each version is kept in `edition_content`."""
    allocation: Mapped[dict[str, Any] | None]
    """By what seats are given: `schemas.edition_parts.AllocationSettings`; fixed once the call is open."""
    attendance_percent: Mapped[int]
    pass_mark_percent: Mapped[int | None]
    pilot: Mapped[bool]
    historic: Mapped[bool]
    stated_as_of: Mapped[date | None]
    """The day on which a source knew the state; the clock leaves the edition alone until somebody changes it."""
    state: Mapped[EditionState]
    state_reason: Mapped[str | None]
    provenance: Mapped[Provenance]

    program: Mapped["Program"] = relationship(lazy="raise")

    @property
    def label(self) -> str:
        """What a link to it says."""
        return self.code

    @property
    def href(self) -> str:
        """Where it stands."""
        return f"/v1/editions/{self.id}"


class EditionCountry(Identified, Base):
    """What an edition has to do with a country or a region of several."""

    __tablename__ = "edition_country"
    __table_args__ = (
        UniqueConstraint("edition_id", "place", "relation", name="uq_edition_country"),
        Index("ix_edition_country_country", "country"),
    )

    edition_id: Mapped[UUID] = mapped_column(ForeignKey("edition.id"))
    place: Mapped[str]
    """The country's code, the region's code, or the area's name as printed: part of the natural key."""
    country: Mapped[str | None]
    region: Mapped[str | None]
    area: Mapped[str | None]
    """An area without a code of its own, as its source prints it."""
    relation: Mapped[CountryRelation]
    head_count: Mapped[int | None]


class CountryInvitation(Versioned, Base):
    """The letter by which an authority of a country is asked to nominate."""

    __tablename__ = "country_invitation"
    __table_args__ = (UniqueConstraint("edition_id", "country", name="uq_country_invitation"),)

    edition_id: Mapped[UUID] = mapped_column(ForeignKey("edition.id"))
    country: Mapped[str]
    authority_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"))
    letter_number: Mapped[str | None]
    sent_on: Mapped[date | None]
    reply: Mapped[InvitationReply | None]
    """None until the authority answers."""
    replied_on: Mapped[date | None]
    reply_note: Mapped[str | None]


class SeatLine(Versioned, Base):
    """Seats of one edition for one owner."""

    __tablename__ = "seat_line"
    __table_args__ = (
        UniqueConstraint(
            "edition_id",
            "owner",
            "country",
            "organization_id",
            name="uq_seat_line_owner",
            postgresql_nulls_not_distinct=True,
        ),
    )

    edition_id: Mapped[UUID] = mapped_column(ForeignKey("edition.id"))
    owner: Mapped[SeatOwner]
    country: Mapped[str | None]
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"))
    seats: Mapped[int | None]
    reserve: Mapped[int]
    discretionary: Mapped[int]
    minimum_women: Mapped[int]
    minimum_women_is_hard: Mapped[bool]
    reallocation_on: Mapped[date | None]
    """From this day on, seats that nobody has taken may go to other lines."""
    minimum_women_released_on: Mapped[date | None]
    """From this day on, a soft minimum no longer keeps seats empty."""
    minimum_women_release_reason: Mapped[str | None]
    roll_over: Mapped[RollOver] = mapped_column(default=RollOver.NONE)
    roll_over_until: Mapped[date | None]
    """The last first day that an edition may have into which unused seats are rolled over."""
    rolled_over: Mapped[int] = mapped_column(default=0)
    """How many of the seats came from `origin_id`; they are not rolled over again."""
    origin_id: Mapped[UUID | None] = mapped_column(ForeignKey("seat_line.id"))


class EditionContent(Base):
    """One version of what an edition promises: its public text, or its eligibility rules."""

    __tablename__ = "edition_content"

    edition_id: Mapped[UUID] = mapped_column(ForeignKey("edition.id"), primary_key=True)
    kind: Mapped[ContentKind] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """From 1."""
    content: Mapped[Any] = mapped_column(JSONB)
    actor: Mapped[str]
    since: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class EditionHistory(Identified, Base):
    """What a change made of an edition: the new values of the fields that it changed."""

    __tablename__ = "edition_history"
    __table_args__ = (Index("ix_edition_history_edition_id", "edition_id", "id"),)

    edition_id: Mapped[UUID] = mapped_column(ForeignKey("edition.id"))
    edition_version: Mapped[int]
    actor: Mapped[str]
    action: Mapped[str]
    state: Mapped[EditionState]
    changes: Mapped[dict[str, Any]]
    """A part that changed, such as the seats, stands with null."""
