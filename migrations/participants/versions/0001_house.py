"""House."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.privileges import make_append_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("subject_version", sa.Integer(), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        schema="participants",
    )
    op.create_index(
        "ix_audit_entry_actor", "audit_entry", ["actor", "at"], unique=False, schema="participants"
    )
    op.create_index(
        "ix_audit_entry_subject",
        "audit_entry",
        ["subject_kind", "subject_id", "at"],
        unique=False,
        schema="participants",
    )
    op.create_table(
        "authority",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority")),
        sa.UniqueConstraint("organization_id", name="uq_authority_organization_id"),
        schema="participants",
    )
    op.create_table(
        "demonstration_clock",
        sa.Column("single", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("offset", sa.Interval(), nullable=False),
        sa.CheckConstraint("single", name=op.f("ck_demonstration_clock_one_row")),
        sa.PrimaryKeyConstraint("single", name=op.f("pk_demonstration_clock")),
        schema="participants",
    )
    op.create_table(
        "idempotency_key",
        sa.Column("principal", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("principal", "key", name=op.f("pk_idempotency_key")),
        schema="participants",
    )
    op.create_index(
        "ix_idempotency_key_created_at",
        "idempotency_key",
        ["created_at"],
        unique=False,
        schema="participants",
    )
    op.create_table(
        "mirror_edition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("aggregate_version", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column(
            "provenance",
            sa.Enum("real", "synthetic", name="provenance", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("audience", sa.String(), nullable=True),
        sa.Column("call_opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("call_closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("call_zone", sa.String(), nullable=True),
        sa.Column("replacement_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attendance_percent", sa.Integer(), nullable=False),
        sa.Column("pass_mark_percent", sa.Integer(), nullable=True),
        sa.Column("stated_capacity", sa.Integer(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("taken", sa.Integer(), server_default="0", nullable=False),
        sa.Column("seats_version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("certificates_version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("decisions_released_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "taken >= 0 AND taken <= coalesce(capacity, taken)", name=op.f("ck_mirror_edition_seats")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mirror_edition")),
        schema="participants",
    )
    op.create_table(
        "mirror_organization",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("aggregate_version", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("names", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mirror_organization")),
        schema="participants",
    )
    op.create_table(
        "mirror_training_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("aggregate_version", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("title", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("counts_for_attendance", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mirror_training_session")),
        schema="participants",
    )
    op.create_index(
        "ix_mirror_training_session_edition_id",
        "mirror_training_session",
        ["edition_id"],
        unique=False,
        schema="participants",
    )
    op.create_table(
        "outbox_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("traceparent", sa.Text(), nullable=True),
        sa.Column(
            "occurred_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "due_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_problem", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", "destination", name=op.f("pk_outbox_event")),
        schema="participants",
    )
    op.create_index(
        "ix_outbox_event_due",
        "outbox_event",
        ["due_at"],
        unique=False,
        schema="participants",
        postgresql_where=sa.text("delivered_at IS NULL AND dead_at IS NULL"),
    )
    op.create_index(
        "ix_outbox_event_subject", "outbox_event", ["subject"], unique=False, schema="participants"
    )
    op.create_table(
        "deadline_extension",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["participants.authority.id"], name=op.f("fk_deadline_extension_authority_id")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["participants.mirror_edition.id"], name=op.f("fk_deadline_extension_edition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_extension")),
        sa.UniqueConstraint(
            "authority_id", "edition_id", name=op.f("uq_deadline_extension_authority_id_edition_id")
        ),
        schema="participants",
    )
    op.create_table(
        "mirror_seat_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("stated_seats", sa.Integer(), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("reserve", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "taken >= 0 AND taken <= coalesce(seats, 0)", name=op.f("ck_mirror_seat_line_seats")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["participants.mirror_edition.id"], name=op.f("fk_mirror_seat_line_edition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mirror_seat_line")),
        schema="participants",
    )
    op.create_index(
        "ix_mirror_seat_line_edition_id",
        "mirror_seat_line",
        ["edition_id"],
        unique=False,
        schema="participants",
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("names", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column(
            "sex",
            sa.Enum("female", "male", "unspecified", name="sex", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("nationality", sa.String(), nullable=False),
        sa.Column("residence", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("preferred_language", sa.String(), nullable=False),
        sa.Column(
            "provenance",
            sa.Enum("real", "synthetic", name="provenance", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("sensitive", sa.LargeBinary(), nullable=True),
        sa.Column("passport_index", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["participants.authority.id"], name=op.f("fk_person_entered_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        schema="participants",
    )
    op.create_index("ix_person_entered_by", "person", ["entered_by"], unique=False, schema="participants")
    op.create_index(
        "ix_person_passport_index",
        "person",
        ["passport_index"],
        unique=False,
        schema="participants",
        postgresql_where=sa.text("passport_index IS NOT NULL"),
    )
    op.create_table(
        "application",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("seat_line_id", sa.Uuid(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum("self", "authority", "import", name="channel", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "returned",
                "nominated",
                "not_nominated",
                "screening",
                "eligible",
                "ineligible",
                "selected",
                "waitlisted",
                "rejected",
                "withdrawn",
                "void",
                name="applicationstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "reason_code",
            sa.Enum(
                "meets_criteria",
                "seats_exhausted",
                "lower_rank",
                "profile_mismatch",
                "language_level",
                "incomplete_file",
                "prior_training",
                "waiver",
                "other",
                name="reasoncode",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("waiting_rank", sa.Integer(), nullable=True),
        sa.Column(
            "provenance",
            sa.Enum("real", "synthetic", name="provenance", native_enum=False, length=40),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["participants.authority.id"], name=op.f("fk_application_authority_id")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["participants.mirror_edition.id"], name=op.f("fk_application_edition_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["participants.person.id"], name=op.f("fk_application_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["seat_line_id"], ["participants.mirror_seat_line.id"], name=op.f("fk_application_seat_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        schema="participants",
    )
    op.create_index(
        "ix_application_authority_id", "application", ["authority_id"], unique=False, schema="participants"
    )
    op.create_index(
        "ix_application_edition_id",
        "application",
        ["edition_id", "state"],
        unique=False,
        schema="participants",
    )
    op.create_index(
        "ix_application_waiting",
        "application",
        ["seat_line_id", "waiting_rank"],
        unique=False,
        schema="participants",
        postgresql_where=sa.text("state = 'waitlisted'"),
    )
    op.create_index(
        "uq_application_live",
        "application",
        ["person_id", "edition_id"],
        unique=True,
        schema="participants",
        postgresql_where=sa.text("state NOT IN ('withdrawn', 'void')"),
    )
    op.create_table(
        "consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "process_application",
                "share_with_partner",
                "link_across_editions",
                "alumni_contact",
                "publish_name",
                name="consentpurpose",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text_version", sa.String(), nullable=False),
        sa.Column("language_tag", sa.String(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "third_parties", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("cross_border", sa.Boolean(), nullable=False),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.Column(
            "evidence",
            sa.Enum(
                "electronic",
                "paper_scan",
                "digital_signature",
                name="consentevidence",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("collected_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["participants.person.id"], name=op.f("fk_consent_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        schema="participants",
    )
    op.create_index(
        "ix_consent_person_id", "consent", ["person_id", "purpose"], unique=False, schema="participants"
    )
    op.create_table(
        "sensitive_read",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "own_data",
                "visa_support",
                "emergency",
                "subject_request",
                name="readpurpose",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["participants.person.id"], name=op.f("fk_sensitive_read_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sensitive_read")),
        schema="participants",
    )
    op.create_index(
        "ix_sensitive_read_person_id",
        "sensitive_read",
        ["person_id", "created_at"],
        unique=False,
        schema="participants",
    )
    op.create_table(
        "nomination",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column(
            "place",
            sa.Enum("principal", "reserve", name="place", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "slot",
            sa.Enum("ordinary", "discretionary", name="slot", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("justification", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["participants.application.id"], name=op.f("fk_nomination_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["participants.authority.id"], name=op.f("fk_nomination_authority_id")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["participants.mirror_edition.id"], name=op.f("fk_nomination_edition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination")),
        sa.UniqueConstraint("application_id", name=op.f("uq_nomination_application_id")),
        schema="participants",
    )
    op.create_index(
        "ix_nomination_authority_id",
        "nomination",
        ["authority_id", "edition_id", "rank"],
        unique=False,
        schema="participants",
    )
    op.create_table(
        "offer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("seat_line_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "offered",
                "accepted",
                "declined",
                "expired",
                "withdrawn",
                name="offerstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reply_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "provenance",
            sa.Enum("real", "synthetic", name="provenance", native_enum=False, length=40),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["participants.application.id"], name=op.f("fk_offer_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["participants.authority.id"], name=op.f("fk_offer_authority_id")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["participants.mirror_edition.id"], name=op.f("fk_offer_edition_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["participants.person.id"], name=op.f("fk_offer_person_id")),
        sa.ForeignKeyConstraint(
            ["seat_line_id"], ["participants.mirror_seat_line.id"], name=op.f("fk_offer_seat_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
        schema="participants",
    )
    op.create_index(
        "ix_offer_due",
        "offer",
        ["reply_by"],
        unique=False,
        schema="participants",
        postgresql_where=sa.text("state = 'offered'"),
    )
    op.create_index(
        "ix_offer_edition_id", "offer", ["edition_id", "state"], unique=False, schema="participants"
    )
    op.create_index(
        "uq_offer_standing",
        "offer",
        ["application_id"],
        unique=True,
        schema="participants",
        postgresql_where=sa.text("state IN ('offered', 'accepted')"),
    )
    op.create_table(
        "participation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("seat_line_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("pseudonym", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("participant", "observer", name="participationrole", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "enrolled",
                "arrived",
                "active",
                "completed",
                "incomplete",
                "certified",
                "withdrawn",
                "dismissed",
                "no_show",
                name="participationstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("attendance_share", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("passed_test", sa.Boolean(), nullable=True),
        sa.Column(
            "provenance",
            sa.Enum("real", "synthetic", name="provenance", native_enum=False, length=40),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["participants.authority.id"], name=op.f("fk_participation_authority_id")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["participants.mirror_edition.id"], name=op.f("fk_participation_edition_id")
        ),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["participants.offer.id"], name=op.f("fk_participation_offer_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["participants.person.id"], name=op.f("fk_participation_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["seat_line_id"], ["participants.mirror_seat_line.id"], name=op.f("fk_participation_seat_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participation")),
        sa.UniqueConstraint("offer_id", name=op.f("uq_participation_offer_id")),
        sa.UniqueConstraint("pseudonym", name=op.f("uq_participation_pseudonym")),
        schema="participants",
    )
    op.create_index(
        "ix_participation_edition_id",
        "participation",
        ["edition_id", "state"],
        unique=False,
        schema="participants",
    )
    op.create_table(
        "attendance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("training_session_id", sa.Uuid(), nullable=False),
        sa.Column("participation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "present",
                "late",
                "partial",
                "excused",
                "absent",
                name="attendancestatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column(
            "source",
            sa.Enum("list", "check_in", "import", name="attendancesource", native_enum=False, length=40),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["participation_id"],
            ["participants.participation.id"],
            name=op.f("fk_attendance_participation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["training_session_id"],
            ["participants.mirror_training_session.id"],
            name=op.f("fk_attendance_training_session_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        sa.UniqueConstraint(
            "training_session_id",
            "participation_id",
            name=op.f("uq_attendance_training_session_id_participation_id"),
        ),
        schema="participants",
    )
    op.create_table(
        "certificate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("participation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("attendance", "completion", name="certificatekind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("content", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("verify_token", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("issued", "revoked", "superseded", name="certificatestate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "issued_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["participants.mirror_edition.id"], name=op.f("fk_certificate_edition_id")
        ),
        sa.ForeignKeyConstraint(
            ["participation_id"],
            ["participants.participation.id"],
            name=op.f("fk_certificate_participation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["participants.person.id"], name=op.f("fk_certificate_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("number", name=op.f("uq_certificate_number")),
        sa.UniqueConstraint("verify_token", name=op.f("uq_certificate_verify_token")),
        schema="participants",
    )
    op.create_index(
        "ix_certificate_edition_id", "certificate", ["edition_id"], unique=False, schema="participants"
    )
    op.create_index(
        "uq_certificate_standing",
        "certificate",
        ["participation_id", "kind"],
        unique=True,
        schema="participants",
        postgresql_where=sa.text("state = 'issued'"),
    )
    make_append_only("audit_entry")
    make_append_only("sensitive_read")


def downgrade() -> None:
    op.drop_index(
        "uq_certificate_standing",
        table_name="certificate",
        schema="participants",
        postgresql_where=sa.text("state = 'issued'"),
    )
    op.drop_index("ix_certificate_edition_id", table_name="certificate", schema="participants")
    op.drop_table("certificate", schema="participants")
    op.drop_table("attendance", schema="participants")
    op.drop_index("ix_participation_edition_id", table_name="participation", schema="participants")
    op.drop_table("participation", schema="participants")
    op.drop_index(
        "uq_offer_standing",
        table_name="offer",
        schema="participants",
        postgresql_where=sa.text("state IN ('offered', 'accepted')"),
    )
    op.drop_index("ix_offer_edition_id", table_name="offer", schema="participants")
    op.drop_index(
        "ix_offer_due",
        table_name="offer",
        schema="participants",
        postgresql_where=sa.text("state = 'offered'"),
    )
    op.drop_table("offer", schema="participants")
    op.drop_index("ix_nomination_authority_id", table_name="nomination", schema="participants")
    op.drop_table("nomination", schema="participants")
    op.drop_index("ix_sensitive_read_person_id", table_name="sensitive_read", schema="participants")
    op.drop_table("sensitive_read", schema="participants")
    op.drop_index("ix_consent_person_id", table_name="consent", schema="participants")
    op.drop_table("consent", schema="participants")
    op.drop_index(
        "uq_application_live",
        table_name="application",
        schema="participants",
        postgresql_where=sa.text("state NOT IN ('withdrawn', 'void')"),
    )
    op.drop_index(
        "ix_application_waiting",
        table_name="application",
        schema="participants",
        postgresql_where=sa.text("state = 'waitlisted'"),
    )
    op.drop_index("ix_application_edition_id", table_name="application", schema="participants")
    op.drop_index("ix_application_authority_id", table_name="application", schema="participants")
    op.drop_table("application", schema="participants")
    op.drop_index(
        "ix_person_passport_index",
        table_name="person",
        schema="participants",
        postgresql_where=sa.text("passport_index IS NOT NULL"),
    )
    op.drop_index("ix_person_entered_by", table_name="person", schema="participants")
    op.drop_table("person", schema="participants")
    op.drop_index("ix_mirror_seat_line_edition_id", table_name="mirror_seat_line", schema="participants")
    op.drop_table("mirror_seat_line", schema="participants")
    op.drop_table("deadline_extension", schema="participants")
    op.drop_index("ix_outbox_event_subject", table_name="outbox_event", schema="participants")
    op.drop_index(
        "ix_outbox_event_due",
        table_name="outbox_event",
        schema="participants",
        postgresql_where=sa.text("delivered_at IS NULL AND dead_at IS NULL"),
    )
    op.drop_table("outbox_event", schema="participants")
    op.drop_index(
        "ix_mirror_training_session_edition_id", table_name="mirror_training_session", schema="participants"
    )
    op.drop_table("mirror_training_session", schema="participants")
    op.drop_table("mirror_organization", schema="participants")
    op.drop_table("mirror_edition", schema="participants")
    op.drop_index("ix_idempotency_key_created_at", table_name="idempotency_key", schema="participants")
    op.drop_table("idempotency_key", schema="participants")
    op.drop_table("demonstration_clock", schema="participants")
    op.drop_table("authority", schema="participants")
    op.drop_index("ix_audit_entry_subject", table_name="audit_entry", schema="participants")
    op.drop_index("ix_audit_entry_actor", table_name="audit_entry", schema="participants")
    op.drop_table("audit_entry", schema="participants")
