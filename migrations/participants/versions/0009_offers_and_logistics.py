"""Offers with a number, benefits and reasons; logistics, per diem, exports for visa support."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "per_diem",
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
        sa.Column("amount", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["participants.mirror_edition.id"], name=op.f("fk_per_diem_edition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_per_diem")),
        sa.UniqueConstraint("edition_id", name=op.f("uq_per_diem_edition_id")),
        schema="participants",
    )
    op.create_table(
        "visa_export",
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
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column(
            "participation_ids", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["participants.mirror_edition.id"], name=op.f("fk_visa_export_edition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visa_export")),
        schema="participants",
    )
    op.create_index(
        "ix_visa_export_edition_id", "visa_export", ["edition_id"], unique=False, schema="participants"
    )
    op.create_table(
        "logistics",
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
        sa.Column("participation_id", sa.Uuid(), nullable=False),
        sa.Column("arrives_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrives_by", sa.String(), nullable=True),
        sa.Column("leaves_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leaves_by", sa.String(), nullable=True),
        sa.Column("needs_visa", sa.Boolean(), nullable=False),
        sa.Column("insured_until", sa.Date(), nullable=True),
        sa.Column("room", sa.String(), nullable=True),
        sa.Column(
            "diet",
            sa.Enum(
                "any", "halal", "vegetarian", "vegan", "other", name="diet", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["participation_id"],
            ["participants.participation.id"],
            name=op.f("fk_logistics_participation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logistics")),
        sa.UniqueConstraint("participation_id", name=op.f("uq_logistics_participation_id")),
        schema="participants",
    )
    op.add_column("offer", sa.Column("number", sa.Integer(), nullable=True), schema="participants")
    op.execute(
        "UPDATE participants.offer SET number = counted.number FROM ("
        " SELECT id, row_number() OVER (PARTITION BY edition_id ORDER BY id) AS number FROM participants.offer"
        ") AS counted WHERE counted.id = offer.id"
    )
    op.alter_column("offer", "number", nullable=False, schema="participants")
    op.add_column(
        "offer",
        sa.Column(
            "benefits",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        schema="participants",
    )
    op.add_column(
        "offer",
        sa.Column(
            "decline_reason",
            sa.Enum(
                "work",
                "employer",
                "dates",
                "other_course",
                "travel",
                "personal",
                "other",
                name="declinereason",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        schema="participants",
    )
    op.create_unique_constraint(
        op.f("uq_offer_edition_id_number"), "offer", ["edition_id", "number"], schema="participants"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("uq_offer_edition_id_number"), "offer", schema="participants", type_="unique")
    op.drop_column("offer", "decline_reason", schema="participants")
    op.drop_column("offer", "benefits", schema="participants")
    op.drop_column("offer", "number", schema="participants")
    op.drop_table("logistics", schema="participants")
    op.drop_index("ix_visa_export_edition_id", table_name="visa_export", schema="participants")
    op.drop_table("visa_export", schema="participants")
    op.drop_table("per_diem", schema="participants")
