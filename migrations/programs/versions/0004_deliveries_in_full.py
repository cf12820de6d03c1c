"""Deliveries in full: details typed by kind, values, the days of steps, documents, chains that begin with a course."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_FIELDS = {
    "technical_grant": ["product"],
    "software_transfer": ["product", "release", "license"],
    "equipment": ["items"],
    "voucher_scheme": ["provider_id", "training", "valid_until"],
    "consulting": ["days", "deliverable"],
    "construction": ["object", "contractor_id", "progress_percent"],
    "expert_mission": ["experts", "days", "field"],
    "mobility": [
        "home_university_id",
        "host_university_id",
        "credits",
        "agreement_number",
        "supervisor_id",
    ],
}
"""What the details of each kind hold from now on; what is not known is null."""
_WHOLE = """
    UPDATE programs.delivery SET details = '{blank}'::jsonb || details || jsonb_build_object('kind', kind)
    WHERE kind = '{kind}'
"""
_ITEMS = """
    UPDATE programs.delivery SET details = jsonb_set(details, '{items}', (
        SELECT coalesce(jsonb_agg(jsonb_build_object('name', item, 'quantity', NULL)), '[]')
        FROM jsonb_array_elements_text(coalesce(details -> 'items', '[]')) AS item))
    WHERE kind = 'equipment'
"""


def upgrade() -> None:
    op.create_table(
        "delivery_document",
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
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "agreement",
                "photo",
                "deliverable",
                "acceptance",
                "other",
                name="documentkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("withdrawn_reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["programs.delivery.id"], name=op.f("fk_delivery_document_delivery_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_document")),
        schema="programs",
    )
    op.create_index(
        "ix_delivery_document_delivery_id",
        "delivery_document",
        ["delivery_id", "dated"],
        unique=False,
        schema="programs",
    )
    op.add_column(
        "delivery", sa.Column("predecessor_edition_id", sa.Uuid(), nullable=True), schema="programs"
    )
    op.add_column(
        "delivery",
        sa.Column("value_amount", sa.Numeric(precision=18, scale=4), nullable=True),
        schema="programs",
    )
    op.add_column(
        "delivery", sa.Column("value_currency", sa.CHAR(length=3), nullable=True), schema="programs"
    )
    op.add_column("delivery", sa.Column("began_on", sa.Date(), nullable=True), schema="programs")
    op.add_column("delivery", sa.Column("handed_over_on", sa.Date(), nullable=True), schema="programs")
    op.add_column("delivery", sa.Column("accepted_on", sa.Date(), nullable=True), schema="programs")
    op.create_index(
        "ix_delivery_predecessor_id", "delivery", ["predecessor_id"], unique=False, schema="programs"
    )
    op.create_index("ix_delivery_program_id", "delivery", ["program_id"], unique=False, schema="programs")
    op.create_foreign_key(
        op.f("fk_delivery_predecessor_edition_id"),
        "delivery",
        "edition",
        ["predecessor_edition_id"],
        ["id"],
        source_schema="programs",
        referent_schema="programs",
    )
    op.execute(_ITEMS)
    for kind, fields in _FIELDS.items():
        blank = json.dumps(dict.fromkeys(fields))
        op.execute(_WHOLE.replace("{blank}", blank).replace("{kind}", kind))
    for name, condition in (
        ("one_predecessor", "predecessor_id IS NULL OR predecessor_edition_id IS NULL"),
        ("value", "(value_amount IS NULL) = (value_currency IS NULL)"),
        ("details", "details ->> 'kind' = kind"),
    ):
        op.create_check_constraint(op.f(f"ck_delivery_{name}"), "delivery", condition, schema="programs")


def downgrade() -> None:
    for name in ("one_predecessor", "value", "details"):
        op.drop_constraint(op.f(f"ck_delivery_{name}"), "delivery", schema="programs", type_="check")
    op.drop_constraint(
        op.f("fk_delivery_predecessor_edition_id"), "delivery", schema="programs", type_="foreignkey"
    )
    op.drop_index("ix_delivery_program_id", table_name="delivery", schema="programs")
    op.drop_index("ix_delivery_predecessor_id", table_name="delivery", schema="programs")
    op.drop_column("delivery", "accepted_on", schema="programs")
    op.drop_column("delivery", "handed_over_on", schema="programs")
    op.drop_column("delivery", "began_on", schema="programs")
    op.drop_column("delivery", "value_currency", schema="programs")
    op.drop_column("delivery", "value_amount", schema="programs")
    op.drop_column("delivery", "predecessor_edition_id", schema="programs")
    op.drop_index("ix_delivery_document_delivery_id", table_name="delivery_document", schema="programs")
    op.drop_table("delivery_document", schema="programs")
