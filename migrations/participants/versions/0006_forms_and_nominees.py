"""Application forms and files, papers, delegations, certified lists; seats and rules as programs tells them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "form",
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
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column(
            "state",
            sa.Enum("draft", "published", "retired", name="formstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("fields", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("documents", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form")),
        sa.UniqueConstraint("code", "number", name=op.f("uq_form_code_number")),
        schema="participants",
    )
    op.create_table(
        "application_document",
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
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("received", "verified", "rejected", name="documentstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["participants.application.id"],
            name=op.f("fk_application_document_application_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_document")),
        sa.UniqueConstraint(
            "application_id", "code", name=op.f("uq_application_document_application_id_code")
        ),
        schema="participants",
    )
    op.create_index(
        "ix_application_document_file_id",
        "application_document",
        ["file_id"],
        unique=False,
        schema="participants",
    )
    op.add_column("application", sa.Column("form_id", sa.Uuid(), nullable=True), schema="participants")
    op.add_column(
        "application",
        sa.Column("answers", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        schema="participants",
    )
    op.add_column(
        "application",
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        schema="participants",
    )
    op.add_column("application", sa.Column("return_note", sa.String(), nullable=True), schema="participants")
    op.alter_column(
        "application", "authority_id", existing_type=sa.UUID(), nullable=True, schema="participants"
    )
    op.create_foreign_key(
        op.f("fk_application_form_id"),
        "application",
        "form",
        ["form_id"],
        ["id"],
        source_schema="participants",
        referent_schema="participants",
    )
    op.add_column(
        "authority",
        sa.Column("delegation", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        schema="participants",
    )
    op.add_column("mirror_edition", sa.Column("program_id", sa.Uuid(), nullable=True), schema="participants")
    op.add_column("mirror_edition", sa.Column("form_id", sa.Uuid(), nullable=True), schema="participants")
    op.add_column(
        "mirror_edition",
        sa.Column(
            "eligibility_rules",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        schema="participants",
    )
    op.add_column(
        "mirror_seat_line",
        sa.Column("discretionary", sa.Integer(), server_default="0", nullable=False),
        schema="participants",
    )
    op.add_column(
        "mirror_seat_line",
        sa.Column("minimum_women", sa.Integer(), server_default="0", nullable=False),
        schema="participants",
    )
    op.add_column(
        "mirror_seat_line",
        sa.Column("minimum_women_is_hard", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        schema="participants",
    )
    op.add_column(
        "mirror_seat_line", sa.Column("reallocation_on", sa.Date(), nullable=True), schema="participants"
    )
    op.add_column(
        "nomination",
        sa.Column("certified_at", sa.DateTime(timezone=True), nullable=True),
        schema="participants",
    )
    op.alter_column("offer", "authority_id", existing_type=sa.UUID(), nullable=True, schema="participants")
    op.alter_column(
        "participation", "authority_id", existing_type=sa.UUID(), nullable=True, schema="participants"
    )


def downgrade() -> None:
    op.alter_column(
        "participation", "authority_id", existing_type=sa.UUID(), nullable=False, schema="participants"
    )
    op.alter_column("offer", "authority_id", existing_type=sa.UUID(), nullable=False, schema="participants")
    op.drop_column("nomination", "certified_at", schema="participants")
    op.drop_column("mirror_seat_line", "reallocation_on", schema="participants")
    op.drop_column("mirror_seat_line", "minimum_women_is_hard", schema="participants")
    op.drop_column("mirror_seat_line", "minimum_women", schema="participants")
    op.drop_column("mirror_seat_line", "discretionary", schema="participants")
    op.drop_column("mirror_edition", "eligibility_rules", schema="participants")
    op.drop_column("mirror_edition", "form_id", schema="participants")
    op.drop_column("mirror_edition", "program_id", schema="participants")
    op.drop_column("authority", "delegation", schema="participants")
    op.drop_constraint(
        op.f("fk_application_form_id"), "application", schema="participants", type_="foreignkey"
    )
    op.alter_column(
        "application", "authority_id", existing_type=sa.UUID(), nullable=False, schema="participants"
    )
    op.drop_column("application", "return_note", schema="participants")
    op.drop_column("application", "submitted_at", schema="participants")
    op.drop_column("application", "answers", schema="participants")
    op.drop_column("application", "form_id", schema="participants")
    op.drop_index("ix_application_document_file_id", table_name="application_document", schema="participants")
    op.drop_table("application_document", schema="participants")
    op.drop_table("form", schema="participants")
