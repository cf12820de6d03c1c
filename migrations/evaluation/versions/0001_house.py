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
        schema="evaluation",
    )
    op.create_index("ix_audit_entry_actor", "audit_entry", ["actor", "at"], unique=False, schema="evaluation")
    op.create_index(
        "ix_audit_entry_subject",
        "audit_entry",
        ["subject_kind", "subject_id", "at"],
        unique=False,
        schema="evaluation",
    )
    op.create_table(
        "demonstration_clock",
        sa.Column("single", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("offset", sa.Interval(), nullable=False),
        sa.CheckConstraint("single", name=op.f("ck_demonstration_clock_one_row")),
        sa.PrimaryKeyConstraint("single", name=op.f("pk_demonstration_clock")),
        schema="evaluation",
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
        schema="evaluation",
    )
    op.create_index(
        "ix_idempotency_key_created_at", "idempotency_key", ["created_at"], unique=False, schema="evaluation"
    )
    op.create_table(
        "instrument",
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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instrument")),
        sa.UniqueConstraint("code", name="uq_instrument_code"),
        schema="evaluation",
    )
    op.create_table(
        "mirror_cohort",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("pseudonym", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("sex", sa.String(), nullable=True),
        sa.Column("audience", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mirror_cohort")),
        sa.UniqueConstraint("pseudonym", name="uq_mirror_cohort_pseudonym"),
        schema="evaluation",
    )
    op.create_index(
        "ix_mirror_cohort_edition_id", "mirror_cohort", ["edition_id"], unique=False, schema="evaluation"
    )
    op.create_table(
        "mirror_edition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column("title", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column(
            "provenance",
            sa.Enum("real", "synthetic", name="provenance", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("countries", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mirror_edition")),
        schema="evaluation",
    )
    op.create_table(
        "mirror_training_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("lecturers", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mirror_training_session")),
        schema="evaluation",
    )
    op.create_index(
        "ix_mirror_training_session_edition_id",
        "mirror_training_session",
        ["edition_id"],
        unique=False,
        schema="evaluation",
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
        schema="evaluation",
    )
    op.create_index(
        "ix_outbox_event_due",
        "outbox_event",
        ["due_at"],
        unique=False,
        schema="evaluation",
        postgresql_where=sa.text("delivered_at IS NULL AND dead_at IS NULL"),
    )
    op.create_index("ix_outbox_event_subject", "outbox_event", ["subject"], unique=False, schema="evaluation")
    op.create_table(
        "suggestion",
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
        sa.Column("campaign_id", sa.Uuid(), nullable=True),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("question_code", sa.String(), nullable=True),
        sa.Column("original", sa.String(), nullable=False),
        sa.Column("shown", sa.String(), nullable=True),
        sa.Column(
            "moderation",
            sa.Enum(
                "pending", "public", "internal", "removed", name="moderation", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion")),
        schema="evaluation",
    )
    op.create_index(
        "ix_suggestion_edition_id", "suggestion", ["edition_id"], unique=False, schema="evaluation"
    )
    op.create_table(
        "instrument_version",
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
        sa.Column("instrument_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft", "published", "retired", name="instrumentversionstate", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("questions", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["evaluation.instrument.id"], name=op.f("fk_instrument_version_instrument_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instrument_version")),
        sa.UniqueConstraint("instrument_id", "number", name="uq_instrument_version_number"),
        schema="evaluation",
    )
    op.create_table(
        "campaign",
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
            "provenance",
            sa.Enum("real", "synthetic", name="provenance", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("instrument_version_id", sa.Uuid(), nullable=False),
        sa.Column(
            "phase",
            sa.Enum(
                "baseline",
                "daily",
                "end",
                "three_months",
                "six_months",
                "twelve_months",
                "alumni",
                name="phase",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "anonymity",
            sa.Enum("anonymous", "confidential", name="anonymity", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "delivery",
            sa.Enum("email", "slips", name="delivery", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "scheduled",
                "open",
                "closed",
                "analysed",
                "published",
                "cancelled",
                name="campaignstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("thresholds", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("subjects", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=True),
        sa.Column("answered", sa.Integer(), nullable=True),
        sa.Column("key_destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["instrument_version_id"],
            ["evaluation.instrument_version.id"],
            name=op.f("fk_campaign_instrument_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        schema="evaluation",
    )
    op.create_index("ix_campaign_edition_id", "campaign", ["edition_id"], unique=False, schema="evaluation")
    op.create_table(
        "ballot_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("pseudonym", sa.String(), nullable=True),
        sa.Column("dispatch_id", sa.Uuid(), nullable=True),
        sa.Column(
            "state",
            sa.Enum("issued", "bounced", "used", name="tokenstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("submission", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["evaluation.campaign.id"], name=op.f("fk_ballot_token_campaign_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot_token")),
        sa.UniqueConstraint("token_hash", name="uq_ballot_token_token_hash"),
        schema="evaluation",
    )
    op.create_index(
        "ix_ballot_token_campaign_id", "ballot_token", ["campaign_id"], unique=False, schema="evaluation"
    )
    op.create_index(
        "ix_ballot_token_dispatch_id", "ballot_token", ["dispatch_id"], unique=False, schema="evaluation"
    )
    op.create_table(
        "counter",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("dimension", sa.String(), nullable=False),
        sa.Column("group_code", sa.String(), nullable=False),
        sa.Column("question_code", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["evaluation.campaign.id"], name=op.f("fk_counter_campaign_id")
        ),
        sa.PrimaryKeyConstraint(
            "campaign_id",
            "subject_kind",
            "subject_id",
            "dimension",
            "group_code",
            "question_code",
            "answer",
            name=op.f("pk_counter"),
        ),
        schema="evaluation",
    )
    op.create_table(
        "response",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("answers", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["evaluation.campaign.id"], name=op.f("fk_response_campaign_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response")),
        schema="evaluation",
    )
    op.create_index("ix_response_campaign_id", "response", ["campaign_id"], unique=False, schema="evaluation")
    op.create_table(
        "result_snapshot",
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
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column(
            "provenance",
            sa.Enum("real", "synthetic", name="provenance", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "phase",
            sa.Enum(
                "baseline",
                "daily",
                "end",
                "three_months",
                "six_months",
                "twelve_months",
                "alumni",
                name="phase",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column(
            "visibility",
            sa.Enum(
                "internal", "lecturer", "partner", "public", name="audience", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "frozen",
                "published",
                "withheld",
                "withdrawn",
                name="snapshotstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "rule",
            sa.Enum(
                "too_few_respondents",
                "unanimous_breakdown_cell",
                "complement",
                "country_of_one_edition",
                "response_rate_too_low",
                name="suppressionrule",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("figures", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["evaluation.campaign.id"], name=op.f("fk_result_snapshot_campaign_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result_snapshot")),
        schema="evaluation",
    )
    op.create_index(
        "ix_result_snapshot_edition_id", "result_snapshot", ["edition_id"], unique=False, schema="evaluation"
    )
    op.create_index(
        "ix_result_snapshot_subject_id", "result_snapshot", ["subject_id"], unique=False, schema="evaluation"
    )
    op.create_table(
        "sealed_ballot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["evaluation.campaign.id"], name=op.f("fk_sealed_ballot_campaign_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_ballot")),
        schema="evaluation",
    )
    op.create_index(
        "ix_sealed_ballot_campaign_id", "sealed_ballot", ["campaign_id"], unique=False, schema="evaluation"
    )
    op.create_table(
        "recommendation",
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
        sa.Column("program_id", sa.Uuid(), nullable=False),
        sa.Column(
            "provenance",
            sa.Enum("real", "synthetic", name="provenance", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("title", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column(
            "priority",
            sa.Enum("low", "medium", "high", name="priority", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("suggestions", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "agreed",
                "partly_agreed",
                "rejected",
                "in_progress",
                "implemented",
                "verified",
                "lapsed",
                name="recommendationstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("response_reason", sa.String(), nullable=True),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("due", sa.String(), nullable=True),
        sa.Column("design_change_edition_id", sa.Uuid(), nullable=True),
        sa.Column("verified_by_snapshot_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["verified_by_snapshot_id"],
            ["evaluation.result_snapshot.id"],
            name=op.f("fk_recommendation_verified_by_snapshot_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation")),
        schema="evaluation",
    )
    op.create_index(
        "ix_recommendation_edition_id", "recommendation", ["edition_id"], unique=False, schema="evaluation"
    )
    make_append_only("audit_entry")


def downgrade() -> None:
    op.drop_index("ix_recommendation_edition_id", table_name="recommendation", schema="evaluation")
    op.drop_table("recommendation", schema="evaluation")
    op.drop_index("ix_sealed_ballot_campaign_id", table_name="sealed_ballot", schema="evaluation")
    op.drop_table("sealed_ballot", schema="evaluation")
    op.drop_index("ix_result_snapshot_subject_id", table_name="result_snapshot", schema="evaluation")
    op.drop_index("ix_result_snapshot_edition_id", table_name="result_snapshot", schema="evaluation")
    op.drop_table("result_snapshot", schema="evaluation")
    op.drop_index("ix_response_campaign_id", table_name="response", schema="evaluation")
    op.drop_table("response", schema="evaluation")
    op.drop_table("counter", schema="evaluation")
    op.drop_index("ix_ballot_token_dispatch_id", table_name="ballot_token", schema="evaluation")
    op.drop_index("ix_ballot_token_campaign_id", table_name="ballot_token", schema="evaluation")
    op.drop_table("ballot_token", schema="evaluation")
    op.drop_index("ix_campaign_edition_id", table_name="campaign", schema="evaluation")
    op.drop_table("campaign", schema="evaluation")
    op.drop_table("instrument_version", schema="evaluation")
    op.drop_index("ix_suggestion_edition_id", table_name="suggestion", schema="evaluation")
    op.drop_table("suggestion", schema="evaluation")
    op.drop_index("ix_outbox_event_subject", table_name="outbox_event", schema="evaluation")
    op.drop_index(
        "ix_outbox_event_due",
        table_name="outbox_event",
        schema="evaluation",
        postgresql_where=sa.text("delivered_at IS NULL AND dead_at IS NULL"),
    )
    op.drop_table("outbox_event", schema="evaluation")
    op.drop_index(
        "ix_mirror_training_session_edition_id", table_name="mirror_training_session", schema="evaluation"
    )
    op.drop_table("mirror_training_session", schema="evaluation")
    op.drop_table("mirror_edition", schema="evaluation")
    op.drop_index("ix_mirror_cohort_edition_id", table_name="mirror_cohort", schema="evaluation")
    op.drop_table("mirror_cohort", schema="evaluation")
    op.drop_table("instrument", schema="evaluation")
    op.drop_index("ix_idempotency_key_created_at", table_name="idempotency_key", schema="evaluation")
    op.drop_table("idempotency_key", schema="evaluation")
    op.drop_table("demonstration_clock", schema="evaluation")
    op.drop_index("ix_audit_entry_subject", table_name="audit_entry", schema="evaluation")
    op.drop_index("ix_audit_entry_actor", table_name="audit_entry", schema="evaluation")
    op.drop_table("audit_entry", schema="evaluation")
