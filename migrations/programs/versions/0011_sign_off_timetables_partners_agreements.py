"""Sign off, timetables, partners, agreements."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agreement",
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
                "memorandum",
                "framework",
                "contract",
                "letter",
                name="agreementkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("document_url", sa.String(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "in_force",
                "expired",
                "terminated",
                name="agreementstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("state_reason", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("code", name="uq_agreement_code"),
        schema="programs",
    )
    op.create_index("ix_agreement_expires_on", "agreement", ["expires_on"], unique=False, schema="programs")
    op.create_table(
        "agreement_alert",
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
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("acknowledged_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["programs.agreement.id"], name=op.f("fk_agreement_alert_agreement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_alert")),
        sa.UniqueConstraint("agreement_id", "expires_on", "days", name="uq_agreement_alert"),
        schema="programs",
    )
    op.create_table(
        "agreement_amendment",
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
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("summary", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["programs.agreement.id"], name=op.f("fk_agreement_amendment_agreement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_amendment")),
        sa.UniqueConstraint("agreement_id", "number", name="uq_agreement_amendment"),
        schema="programs",
    )
    op.create_table(
        "agreement_party",
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["programs.agreement.id"], name=op.f("fk_agreement_party_agreement_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["programs.organization.id"], name=op.f("fk_agreement_party_organization_id")
        ),
        sa.PrimaryKeyConstraint("agreement_id", "organization_id", name=op.f("pk_agreement_party")),
        schema="programs",
    )
    op.create_index(
        op.f("ix_agreement_party_organization_id"),
        "agreement_party",
        ["organization_id"],
        unique=False,
        schema="programs",
    )
    op.create_table(
        "agreement_subject",
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
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
            ["agreement_id"], ["programs.agreement.id"], name=op.f("fk_agreement_subject_agreement_id")
        ),
        sa.PrimaryKeyConstraint(
            "agreement_id", "subject_kind", "subject_id", name=op.f("pk_agreement_subject")
        ),
        schema="programs",
    )
    op.create_index(
        "ix_agreement_subject_subject",
        "agreement_subject",
        ["subject_id", "subject_kind"],
        unique=False,
        schema="programs",
    )
    op.create_table(
        "approval_policy",
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
        sa.Column(
            "target",
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
        sa.Column("program_id", sa.Uuid(), nullable=True),
        sa.Column("stages", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["program_id"], ["programs.program.id"], name=op.f("fk_approval_policy_program_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_policy")),
        schema="programs",
    )
    op.create_index(
        "uq_approval_policy_target",
        "approval_policy",
        ["target", "program_id"],
        unique=True,
        schema="programs",
        postgresql_where=sa.text("active"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "venue",
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
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("city", sa.String(), nullable=True),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["programs.organization.id"], name=op.f("fk_venue_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue")),
        sa.UniqueConstraint("code", name="uq_venue_code"),
        schema="programs",
    )
    op.create_table(
        "approval",
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
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column(
            "target",
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
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column("stages", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("signatures", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "approved",
                "returned",
                "withdrawn",
                name="approvalstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("comment", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["edition_id"], ["programs.edition.id"], name=op.f("fk_approval_edition_id")),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["programs.approval_policy.id"], name=op.f("fk_approval_policy_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
        schema="programs",
    )
    op.create_index(
        op.f("ix_approval_edition_id"), "approval", ["edition_id"], unique=False, schema="programs"
    )
    op.create_index("ix_approval_state", "approval", ["state", "id"], unique=False, schema="programs")
    op.create_index(
        "uq_approval_pending",
        "approval",
        ["edition_id", "target"],
        unique=True,
        schema="programs",
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "module",
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
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("title", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("objectives", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(["edition_id"], ["programs.edition.id"], name=op.f("fk_module_edition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_module")),
        sa.UniqueConstraint("edition_id", "ordinal", name="uq_module_ordinal"),
        schema="programs",
    )
    op.add_column(
        "partnership",
        sa.Column(
            "support_kind",
            sa.Enum(
                "financial",
                "technical",
                "coordination",
                "in_kind",
                name="supportkind",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        schema="programs",
    )
    op.add_column("partnership", sa.Column("period", sa.String(), nullable=True), schema="programs")
    op.add_column("partnership", sa.Column("ended_on", sa.Date(), nullable=True), schema="programs")
    op.add_column("partnership", sa.Column("end_reason", sa.String(), nullable=True), schema="programs")
    op.add_column("training_session", sa.Column("module_id", sa.Uuid(), nullable=True), schema="programs")
    op.add_column("training_session", sa.Column("venue_id", sa.Uuid(), nullable=True), schema="programs")
    op.add_column(
        "training_session",
        sa.Column(
            "interpretation",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=False,
            server_default="[]",
        ),
        schema="programs",
    )
    op.alter_column("training_session", "interpretation", server_default=None, schema="programs")
    op.add_column(
        "training_session",
        sa.Column(
            "materials",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=False,
            server_default="[]",
        ),
        schema="programs",
    )
    op.alter_column("training_session", "materials", server_default=None, schema="programs")
    op.create_foreign_key(
        op.f("fk_training_session_module_id"),
        "training_session",
        "module",
        ["module_id"],
        ["id"],
        source_schema="programs",
        referent_schema="programs",
    )
    op.create_foreign_key(
        op.f("fk_training_session_venue_id"),
        "training_session",
        "venue",
        ["venue_id"],
        ["id"],
        source_schema="programs",
        referent_schema="programs",
    )


def downgrade() -> None:
    op.drop_constraint(
        op.f("fk_training_session_venue_id"), "training_session", schema="programs", type_="foreignkey"
    )
    op.drop_constraint(
        op.f("fk_training_session_module_id"), "training_session", schema="programs", type_="foreignkey"
    )
    op.drop_column("training_session", "materials", schema="programs")
    op.drop_column("training_session", "interpretation", schema="programs")
    op.drop_column("training_session", "venue_id", schema="programs")
    op.drop_column("training_session", "module_id", schema="programs")
    op.drop_column("partnership", "end_reason", schema="programs")
    op.drop_column("partnership", "ended_on", schema="programs")
    op.drop_column("partnership", "period", schema="programs")
    op.drop_column("partnership", "support_kind", schema="programs")
    op.drop_table("module", schema="programs")
    op.drop_index(
        "uq_approval_pending",
        table_name="approval",
        schema="programs",
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.drop_index("ix_approval_state", table_name="approval", schema="programs")
    op.drop_index(op.f("ix_approval_edition_id"), table_name="approval", schema="programs")
    op.drop_table("approval", schema="programs")
    op.drop_table("venue", schema="programs")
    op.drop_index(
        "uq_approval_policy_target",
        table_name="approval_policy",
        schema="programs",
        postgresql_where=sa.text("active"),
        postgresql_nulls_not_distinct=True,
    )
    op.drop_table("approval_policy", schema="programs")
    op.drop_index("ix_agreement_subject_subject", table_name="agreement_subject", schema="programs")
    op.drop_table("agreement_subject", schema="programs")
    op.drop_index(op.f("ix_agreement_party_organization_id"), table_name="agreement_party", schema="programs")
    op.drop_table("agreement_party", schema="programs")
    op.drop_table("agreement_amendment", schema="programs")
    op.drop_table("agreement_alert", schema="programs")
    op.drop_index("ix_agreement_expires_on", table_name="agreement", schema="programs")
    op.drop_table("agreement", schema="programs")
