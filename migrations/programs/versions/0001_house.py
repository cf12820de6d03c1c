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
        "agency",
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
        sa.Column("single", sa.Boolean(), nullable=False),
        sa.Column("names", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("acronym", sa.String(), nullable=True),
        sa.Column("legal_form", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("mandate", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("founded", sa.String(), nullable=True),
        sa.Column("ministry", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("chair", sa.String(), nullable=True),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("reporting_identifier", sa.String(), nullable=True),
        sa.CheckConstraint("single", name=op.f("ck_agency_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency")),
        sa.UniqueConstraint("single", name="uq_agency_single"),
        schema="programs",
    )
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
        schema="programs",
    )
    op.create_index("ix_audit_entry_actor", "audit_entry", ["actor", "at"], unique=False, schema="programs")
    op.create_index(
        "ix_audit_entry_subject",
        "audit_entry",
        ["subject_kind", "subject_id", "at"],
        unique=False,
        schema="programs",
    )
    op.create_table(
        "demonstration_clock",
        sa.Column("single", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("offset", sa.Interval(), nullable=False),
        sa.CheckConstraint("single", name=op.f("ck_demonstration_clock_one_row")),
        sa.PrimaryKeyConstraint("single", name=op.f("pk_demonstration_clock")),
        schema="programs",
    )
    op.create_table(
        "design_task",
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
        sa.Column("recommendation_id", sa.Uuid(), nullable=False),
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column("evidence_edition_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=True),
        sa.Column("title", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("due", sa.String(), nullable=True),
        sa.Column(
            "state",
            sa.Enum("open", "done", name="designtaskstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("how", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column(
            "provenance",
            sa.Enum("real", "synthetic", name="provenance", native_enum=False, length=40),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_design_task")),
        sa.UniqueConstraint("recommendation_id", name="uq_design_task_recommendation"),
        schema="programs",
    )
    op.create_index(
        "ix_design_task_program_id", "design_task", ["program_id"], unique=False, schema="programs"
    )
    op.create_table(
        "fund",
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
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("names", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("established", sa.String(), nullable=True),
        sa.Column("purpose", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund")),
        sa.UniqueConstraint("code", name="uq_fund_code"),
        schema="programs",
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
        schema="programs",
    )
    op.create_index(
        "ix_idempotency_key_created_at", "idempotency_key", ["created_at"], unique=False, schema="programs"
    )
    op.create_table(
        "inbox_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("aggregate_version", sa.Integer(), nullable=False),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_event")),
        schema="programs",
    )
    op.create_index(
        "ix_inbox_event_received_at", "inbox_event", ["received_at"], unique=False, schema="programs"
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("provenance", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_problem", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        schema="programs",
    )
    op.create_index(
        "ix_job_due_at",
        "job",
        ["due_at"],
        unique=False,
        schema="programs",
        postgresql_where=sa.text("done_at IS NULL AND dead_at IS NULL"),
    )
    op.create_index(
        "uq_job_kind_subject",
        "job",
        ["kind", "subject"],
        unique=True,
        schema="programs",
        postgresql_where=sa.text("done_at IS NULL AND dead_at IS NULL"),
    )
    op.create_table(
        "mirror_design_change",
        sa.Column("recommendation_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("recommendation_id", name=op.f("pk_mirror_design_change")),
        schema="programs",
    )
    op.create_table(
        "mirror_results",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("visibility", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mirror_results")),
        schema="programs",
    )
    op.create_index(
        "ix_mirror_results_edition_id", "mirror_results", ["edition_id"], unique=False, schema="programs"
    )
    op.create_table(
        "mirror_seats",
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("lines", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_mirror_seats")),
        schema="programs",
    )
    op.create_table(
        "operation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("done", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("result", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("problem", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column(
            "started_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operation")),
        schema="programs",
    )
    op.create_index(
        "ix_operation_owner", "operation", ["owner", "started_at"], unique=False, schema="programs"
    )
    op.create_table(
        "organization",
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
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("names", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("acronym", sa.String(), nullable=True),
        sa.Column("verbatim_name", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("identifiers", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "unresolved",
                "proposed",
                "verified",
                "merged",
                name="organizationstatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "provenance",
            sa.Enum("real", "synthetic", name="provenance", native_enum=False, length=40),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization")),
        sa.UniqueConstraint("code", name="uq_organization_code"),
        schema="programs",
    )
    op.create_index("ix_organization_country", "organization", ["country"], unique=False, schema="programs")
    op.create_table(
        "outbox_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("replay", sa.Boolean(), server_default=sa.text("false"), nullable=False),
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
        schema="programs",
    )
    op.create_index(
        "ix_outbox_event_dead",
        "outbox_event",
        ["dead_at"],
        unique=False,
        schema="programs",
        postgresql_where=sa.text("dead_at IS NOT NULL"),
    )
    op.create_index(
        "ix_outbox_event_due",
        "outbox_event",
        ["destination", "due_at"],
        unique=False,
        schema="programs",
        postgresql_where=sa.text("delivered_at IS NULL AND dead_at IS NULL"),
    )
    op.create_index("ix_outbox_event_subject", "outbox_event", ["subject"], unique=False, schema="programs")
    op.create_table(
        "program",
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
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "course_program",
                "seminar_series",
                "mobility",
                "project",
                "grant_scheme",
                "voucher_scheme",
                name="programkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "idea",
                "pilot",
                "annual",
                "one_off",
                "suspended",
                "closed",
                name="programstatus",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("objectives", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column(
            "form_as_stated",
            sa.Enum(
                "bilateral",
                "multilateral",
                "trilateral",
                name="cooperationform",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("aid_type", sa.String(), nullable=True),
        sa.Column("sectors", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("sdg_goals", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("coded_by", sa.String(), nullable=True),
        sa.Column("audiences", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program")),
        sa.UniqueConstraint("code", name="uq_program_code"),
        schema="programs",
    )
    op.create_table(
        "source",
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
        sa.Column("code", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "interview",
                "news",
                "document",
                "register",
                "website",
                name="sourcekind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("published", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint("code", name="uq_source_code"),
        schema="programs",
    )
    op.create_table(
        "statement",
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
        sa.Column("code", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "policy_frame",
                "principle",
                "strategic_priority",
                "strategic_direction",
                "challenge",
                "response",
                "geography",
                "sector",
                "cooperation_form",
                "instrument",
                "partner",
                "cultural_program",
                "effectiveness",
                "gap",
                "contradiction",
                "remark",
                name="statementkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("countries", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("regions", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("period", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
        sa.UniqueConstraint("code", name="uq_statement_code"),
        schema="programs",
    )
    op.create_table(
        "citation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "subject_kind",
            sa.Enum(
                "agency",
                "organization",
                "program",
                "component",
                "edition",
                "delivery",
                "fund",
                "partnership",
                "statement",
                "edition_country",
                name="subjectkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("locator", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column(
            "confidence",
            sa.Enum("stated", "inferred", "unresolved", name="confidence", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["programs.source.id"], name=op.f("fk_citation_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_citation")),
        schema="programs",
    )
    op.create_index(op.f("ix_citation_source_id"), "citation", ["source_id"], unique=False, schema="programs")
    op.create_index(
        "ix_citation_subject", "citation", ["subject_id", "subject_kind"], unique=False, schema="programs"
    )
    op.create_table(
        "component",
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
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("title", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("audience", sa.String(), nullable=True),
        sa.Column("languages", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.program.id"], name=op.f("fk_component_program_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_component")),
        sa.UniqueConstraint("program_id", "ordinal", name="uq_component_ordinal"),
        schema="programs",
    )
    op.create_table(
        "delivery",
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
        sa.Column("code", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "technical_grant",
                "software_transfer",
                "equipment",
                "voucher_scheme",
                "consulting",
                "construction",
                "expert_mission",
                "mobility",
                name="deliverykind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("program_id", sa.Uuid(), nullable=True),
        sa.Column("predecessor_id", sa.Uuid(), nullable=True),
        sa.Column("recipient_country", sa.String(), nullable=True),
        sa.Column("recipient_organization_id", sa.Uuid(), nullable=True),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("period", sa.String(), nullable=True),
        sa.Column("earliest", sa.Date(), nullable=True),
        sa.Column("latest", sa.Date(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=True),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("details", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("sectors", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("aid_type", sa.String(), nullable=True),
        sa.Column("coded_by", sa.String(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "agreed",
                "in_delivery",
                "handed_over",
                "accepted",
                "in_support",
                "closed",
                "cancelled",
                name="deliverystate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("state_reason", sa.String(), nullable=True),
        sa.Column(
            "provenance",
            sa.Enum("real", "synthetic", name="provenance", native_enum=False, length=40),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["predecessor_id"], ["programs.delivery.id"], name=op.f("fk_delivery_predecessor_id")
        ),
        sa.ForeignKeyConstraint(["program_id"], ["programs.program.id"], name=op.f("fk_delivery_program_id")),
        sa.ForeignKeyConstraint(
            ["recipient_organization_id"],
            ["programs.organization.id"],
            name=op.f("fk_delivery_recipient_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("code", name="uq_delivery_code"),
        schema="programs",
    )
    op.create_index(
        "ix_delivery_recipient_country", "delivery", ["recipient_country"], unique=False, schema="programs"
    )
    op.create_table(
        "lecturer",
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
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("expertise", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("consents_to_be_shown", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["programs.organization.id"], name=op.f("fk_lecturer_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lecturer")),
        schema="programs",
    )
    op.create_table(
        "partnership",
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
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("iati_role", sa.String(), nullable=True),
        sa.Column(
            "functional_role",
            sa.Enum(
                "lead",
                "co_organizer",
                "host",
                "implementer",
                "funder",
                "knowledge_provider",
                "nominator",
                "recipient",
                "venue",
                "culture",
                "partner",
                name="functionalrole",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "triangular_role",
            sa.Enum(
                "facilitator", "pivotal", "beneficiary", name="triangularrole", native_enum=False, length=40
            ),
            nullable=True,
        ),
        sa.Column(
            "certainty",
            sa.Enum("stated", "inferred", "unresolved", name="confidence", native_enum=False, length=40),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["programs.organization.id"], name=op.f("fk_partnership_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partnership")),
        sa.UniqueConstraint("code", name="uq_partnership_code"),
        schema="programs",
    )
    op.create_index(
        op.f("ix_partnership_organization_id"),
        "partnership",
        ["organization_id"],
        unique=False,
        schema="programs",
    )
    op.create_table(
        "statement_subject",
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column(
            "subject_kind",
            sa.Enum(
                "agency",
                "organization",
                "program",
                "component",
                "edition",
                "delivery",
                "fund",
                "partnership",
                "statement",
                "edition_country",
                name="subjectkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["programs.statement.id"], name=op.f("fk_statement_subject_statement_id")
        ),
        sa.PrimaryKeyConstraint(
            "statement_id", "subject_kind", "subject_id", name=op.f("pk_statement_subject")
        ),
        schema="programs",
    )
    op.create_index(
        "ix_statement_subject_subject",
        "statement_subject",
        ["subject_id", "subject_kind"],
        unique=False,
        schema="programs",
    )
    op.create_table(
        "edition",
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
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column("component_id", sa.Uuid(), nullable=True),
        sa.Column("predecessor_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=True),
        sa.Column("title", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("topic", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("public_text", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("earliest", sa.Date(), nullable=False),
        sa.Column("latest", sa.Date(), nullable=False),
        sa.Column("duration_days", sa.Integer(), nullable=True),
        sa.Column("host_places", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column(
            "modality",
            sa.Enum("on_site", "online", "hybrid", name="modality", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("languages", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("audience", sa.String(), nullable=True),
        sa.Column("sectors", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("coded_by", sa.String(), nullable=True),
        sa.Column("capacity_min", sa.Integer(), nullable=True),
        sa.Column("capacity_max", sa.Integer(), nullable=True),
        sa.Column("call_opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("call_closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replacement_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("form_version_id", sa.Uuid(), nullable=True),
        sa.Column(
            "eligibility_rules", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("attendance_percent", sa.Integer(), nullable=False),
        sa.Column("pass_mark_percent", sa.Integer(), nullable=True),
        sa.Column("pilot", sa.Boolean(), nullable=False),
        sa.Column("historic", sa.Boolean(), nullable=False),
        sa.Column("stated_as_of", sa.Date(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "planned",
                "announced",
                "call_open",
                "selection",
                "confirmed",
                "running",
                "completed",
                "evaluated",
                "archived",
                "postponed",
                "suspended",
                "cancelled",
                name="editionstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("state_reason", sa.String(), nullable=True),
        sa.Column(
            "provenance",
            sa.Enum("real", "synthetic", name="provenance", native_enum=False, length=40),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["component_id"], ["programs.component.id"], name=op.f("fk_edition_component_id")
        ),
        sa.ForeignKeyConstraint(
            ["predecessor_id"], ["programs.edition.id"], name=op.f("fk_edition_predecessor_id")
        ),
        sa.ForeignKeyConstraint(["program_id"], ["programs.program.id"], name=op.f("fk_edition_program_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
        sa.UniqueConstraint("code", name="uq_edition_code"),
        schema="programs",
    )
    op.create_index("ix_edition_program_id", "edition", ["program_id"], unique=False, schema="programs")
    op.create_index("ix_edition_state", "edition", ["state"], unique=False, schema="programs")
    op.create_table(
        "partnership_subject",
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column(
            "subject_kind",
            sa.Enum(
                "agency",
                "organization",
                "program",
                "component",
                "edition",
                "delivery",
                "fund",
                "partnership",
                "statement",
                "edition_country",
                name="subjectkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id"],
            ["programs.partnership.id"],
            name=op.f("fk_partnership_subject_partnership_id"),
        ),
        sa.PrimaryKeyConstraint(
            "partnership_id", "subject_kind", "subject_id", name=op.f("pk_partnership_subject")
        ),
        schema="programs",
    )
    op.create_index(
        "ix_partnership_subject_subject",
        "partnership_subject",
        ["subject_id", "subject_kind"],
        unique=False,
        schema="programs",
    )
    op.create_table(
        "country_invitation",
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
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=True),
        sa.Column("letter_number", sa.String(), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["programs.organization.id"], name=op.f("fk_country_invitation_authority_id")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["programs.edition.id"], name=op.f("fk_country_invitation_edition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_country_invitation")),
        sa.UniqueConstraint("edition_id", "country", name="uq_country_invitation"),
        schema="programs",
    )
    op.create_table(
        "edition_country",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("region", sa.String(), nullable=True),
        sa.Column("area", sa.String(), nullable=True),
        sa.Column(
            "relation",
            sa.Enum("invited", "took_part", "targeted", name="countryrelation", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("head_count", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["programs.edition.id"], name=op.f("fk_edition_country_edition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition_country")),
        sa.UniqueConstraint("edition_id", "place", "relation", name="uq_edition_country"),
        schema="programs",
    )
    op.create_index(
        "ix_edition_country_country", "edition_country", ["country"], unique=False, schema="programs"
    )
    op.create_table(
        "seat_line",
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
        sa.Column(
            "owner",
            sa.Enum("country", "authority", "organization", name="seatowner", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("reserve", sa.Integer(), nullable=False),
        sa.Column("discretionary", sa.Integer(), nullable=False),
        sa.Column("minimum_women", sa.Integer(), nullable=False),
        sa.Column("minimum_women_is_hard", sa.Boolean(), nullable=False),
        sa.Column("reallocation_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["programs.edition.id"], name=op.f("fk_seat_line_edition_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["programs.organization.id"], name=op.f("fk_seat_line_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_line")),
        sa.UniqueConstraint(
            "edition_id",
            "owner",
            "country",
            "organization_id",
            name="uq_seat_line_owner",
            postgresql_nulls_not_distinct=True,
        ),
        schema="programs",
    )
    op.create_table(
        "training_session",
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
        sa.Column(
            "kind",
            sa.Enum(
                "lecture",
                "seminar",
                "workshop",
                "practice",
                "study_visit",
                "cultural_visit",
                "exam",
                "ceremony",
                "travel",
                name="trainingsessionkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("venue", sa.String(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "scheduled",
                "moved",
                "held",
                "cancelled",
                name="trainingsessionstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("state_reason", sa.String(), nullable=True),
        sa.Column("mandatory", sa.Boolean(), nullable=False),
        sa.Column("counts_for_attendance", sa.Boolean(), nullable=False),
        sa.Column("delivery_language", sa.String(), nullable=True),
        sa.Column("lecturers", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["programs.edition.id"], name=op.f("fk_training_session_edition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_session")),
        schema="programs",
    )
    op.create_index(
        "ix_training_session_edition_id",
        "training_session",
        ["edition_id", "starts_at"],
        unique=False,
        schema="programs",
    )
    make_append_only("audit_entry")


def downgrade() -> None:
    op.drop_index("ix_training_session_edition_id", table_name="training_session", schema="programs")
    op.drop_table("training_session", schema="programs")
    op.drop_table("seat_line", schema="programs")
    op.drop_index("ix_edition_country_country", table_name="edition_country", schema="programs")
    op.drop_table("edition_country", schema="programs")
    op.drop_table("country_invitation", schema="programs")
    op.drop_index("ix_partnership_subject_subject", table_name="partnership_subject", schema="programs")
    op.drop_table("partnership_subject", schema="programs")
    op.drop_index("ix_edition_state", table_name="edition", schema="programs")
    op.drop_index("ix_edition_program_id", table_name="edition", schema="programs")
    op.drop_table("edition", schema="programs")
    op.drop_index("ix_statement_subject_subject", table_name="statement_subject", schema="programs")
    op.drop_table("statement_subject", schema="programs")
    op.drop_index(op.f("ix_partnership_organization_id"), table_name="partnership", schema="programs")
    op.drop_table("partnership", schema="programs")
    op.drop_table("lecturer", schema="programs")
    op.drop_index("ix_delivery_recipient_country", table_name="delivery", schema="programs")
    op.drop_table("delivery", schema="programs")
    op.drop_table("component", schema="programs")
    op.drop_index("ix_citation_subject", table_name="citation", schema="programs")
    op.drop_index(op.f("ix_citation_source_id"), table_name="citation", schema="programs")
    op.drop_table("citation", schema="programs")
    op.drop_table("statement", schema="programs")
    op.drop_table("source", schema="programs")
    op.drop_table("program", schema="programs")
    op.drop_index("ix_outbox_event_subject", table_name="outbox_event", schema="programs")
    op.drop_index(
        "ix_outbox_event_due",
        table_name="outbox_event",
        schema="programs",
        postgresql_where=sa.text("delivered_at IS NULL AND dead_at IS NULL"),
    )
    op.drop_index(
        "ix_outbox_event_dead",
        table_name="outbox_event",
        schema="programs",
        postgresql_where=sa.text("dead_at IS NOT NULL"),
    )
    op.drop_table("outbox_event", schema="programs")
    op.drop_index("ix_organization_country", table_name="organization", schema="programs")
    op.drop_table("organization", schema="programs")
    op.drop_index("ix_operation_owner", table_name="operation", schema="programs")
    op.drop_table("operation", schema="programs")
    op.drop_table("mirror_seats", schema="programs")
    op.drop_index("ix_mirror_results_edition_id", table_name="mirror_results", schema="programs")
    op.drop_table("mirror_results", schema="programs")
    op.drop_table("mirror_design_change", schema="programs")
    op.drop_index(
        "uq_job_kind_subject",
        table_name="job",
        schema="programs",
        postgresql_where=sa.text("done_at IS NULL AND dead_at IS NULL"),
    )
    op.drop_index(
        "ix_job_due_at",
        table_name="job",
        schema="programs",
        postgresql_where=sa.text("done_at IS NULL AND dead_at IS NULL"),
    )
    op.drop_table("job", schema="programs")
    op.drop_index("ix_inbox_event_received_at", table_name="inbox_event", schema="programs")
    op.drop_table("inbox_event", schema="programs")
    op.drop_index("ix_idempotency_key_created_at", table_name="idempotency_key", schema="programs")
    op.drop_table("idempotency_key", schema="programs")
    op.drop_table("fund", schema="programs")
    op.drop_index("ix_design_task_program_id", table_name="design_task", schema="programs")
    op.drop_table("design_task", schema="programs")
    op.drop_table("demonstration_clock", schema="programs")
    op.drop_index("ix_audit_entry_subject", table_name="audit_entry", schema="programs")
    op.drop_index("ix_audit_entry_actor", table_name="audit_entry", schema="programs")
    op.drop_table("audit_entry", schema="programs")
    op.drop_table("agency", schema="programs")
