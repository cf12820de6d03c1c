"""Vouchers, recipients of awards and alumni."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mirror_voucher_scheme",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("aggregate_version", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=True),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column(
            "provenance",
            sa.Enum("real", "synthetic", name="provenance", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("vouchers_version", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mirror_voucher_scheme")),
        schema="participants",
    )
    op.create_table(
        "alumni_engagement",
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
            "kind",
            sa.Enum(
                "contact",
                "event",
                "mentoring",
                "lecture",
                "publication",
                "joint_project",
                "other",
                name="engagementkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["participants.person.id"], name=op.f("fk_alumni_engagement_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alumni_engagement")),
        schema="participants",
    )
    op.create_index(
        "ix_alumni_engagement_person_id",
        "alumni_engagement",
        ["person_id", "happened_on"],
        unique=False,
        schema="participants",
    )
    op.create_table(
        "alumni_profile",
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
        sa.Column("shown_name", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("organization", sa.String(), nullable=True),
        sa.Column("post", sa.String(), nullable=True),
        sa.Column("about", sa.String(), nullable=True),
        sa.Column("contact", sa.String(), nullable=True),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["participants.person.id"], name=op.f("fk_alumni_profile_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alumni_profile")),
        sa.UniqueConstraint("person_id", name=op.f("uq_alumni_profile_person_id")),
        schema="participants",
    )
    op.create_index(
        "ix_alumni_profile_country", "alumni_profile", ["country"], unique=False, schema="participants"
    )
    op.create_table(
        "award_recipient",
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
        sa.Column("award_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["participants.person.id"], name=op.f("fk_award_recipient_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_recipient")),
        sa.UniqueConstraint("award_id", name=op.f("uq_award_recipient_award_id")),
        schema="participants",
    )
    op.create_index(
        "ix_award_recipient_person_id", "award_recipient", ["person_id"], unique=False, schema="participants"
    )
    op.create_table(
        "voucher",
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
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "issued",
                "transferred",
                "assigned",
                "redeemed",
                "completed",
                "failed",
                "expired",
                "void",
                name="voucherstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("redeemed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "provenance",
            sa.Enum("real", "synthetic", name="provenance", native_enum=False, length=40),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["participants.authority.id"], name=op.f("fk_voucher_authority_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["participants.person.id"], name=op.f("fk_voucher_person_id")),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["participants.mirror_voucher_scheme.id"], name=op.f("fk_voucher_scheme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher")),
        sa.UniqueConstraint("code", name=op.f("uq_voucher_code")),
        schema="participants",
    )
    op.create_index(
        "ix_voucher_authority_id", "voucher", ["authority_id"], unique=False, schema="participants"
    )
    op.create_index(
        "ix_voucher_due",
        "voucher",
        ["valid_until"],
        unique=False,
        schema="participants",
        postgresql_where=sa.text("state IN ('issued', 'transferred', 'assigned')"),
    )
    op.create_index("ix_voucher_person_id", "voucher", ["person_id"], unique=False, schema="participants")
    op.create_index(
        "ix_voucher_scheme_id", "voucher", ["scheme_id", "state"], unique=False, schema="participants"
    )
    op.create_index(
        "uq_voucher_live",
        "voucher",
        ["scheme_id", "person_id"],
        unique=True,
        schema="participants",
        postgresql_where=sa.text("state IN ('assigned', 'redeemed', 'completed')"),
    )


def downgrade() -> None:
    op.drop_index(
        "uq_voucher_live",
        table_name="voucher",
        schema="participants",
        postgresql_where=sa.text("state IN ('assigned', 'redeemed', 'completed')"),
    )
    op.drop_index("ix_voucher_scheme_id", table_name="voucher", schema="participants")
    op.drop_index("ix_voucher_person_id", table_name="voucher", schema="participants")
    op.drop_index(
        "ix_voucher_due",
        table_name="voucher",
        schema="participants",
        postgresql_where=sa.text("state IN ('issued', 'transferred', 'assigned')"),
    )
    op.drop_index("ix_voucher_authority_id", table_name="voucher", schema="participants")
    op.drop_table("voucher", schema="participants")
    op.drop_index("ix_award_recipient_person_id", table_name="award_recipient", schema="participants")
    op.drop_table("award_recipient", schema="participants")
    op.drop_index("ix_alumni_profile_country", table_name="alumni_profile", schema="participants")
    op.drop_table("alumni_profile", schema="participants")
    op.drop_index("ix_alumni_engagement_person_id", table_name="alumni_engagement", schema="participants")
    op.drop_table("alumni_engagement", schema="participants")
    op.drop_table("mirror_voucher_scheme", schema="participants")
