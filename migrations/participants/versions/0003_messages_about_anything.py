"""Messages about anything."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("person_id", sa.Uuid(), nullable=True), schema="participants")
    op.add_column("message", sa.Column("edition_id", sa.Uuid(), nullable=True), schema="participants")
    op.add_column("message", sa.Column("subject_id", sa.Uuid(), nullable=True), schema="participants")
    op.add_column(
        "message", sa.Column("turn", sa.Integer(), nullable=False, server_default="1"), schema="participants"
    )
    op.add_column(
        "message",
        sa.Column(
            "facts",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=False,
            server_default="{}",
        ),
        schema="participants",
    )
    op.add_column(
        "message",
        sa.Column(
            "provenance",
            sa.Enum("real", "synthetic", name="provenance", native_enum=False, length=40),
            nullable=True,
        ),
        schema="participants",
    )
    op.add_column(
        "message", sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True), schema="participants"
    )
    # Until now every message was one of evaluation's requests, to a participant.
    op.execute(
        "UPDATE participants.message SET subject_id = dispatch_id, person_id = p.person_id,"
        " edition_id = p.edition_id, provenance = p.provenance"
        " FROM participants.participation AS p WHERE p.id = message.participation_id"
    )
    for column in ("person_id", "subject_id", "provenance"):
        op.alter_column("message", column, nullable=False, schema="participants")
    for column in ("turn", "facts"):
        op.alter_column("message", column, server_default=None, schema="participants")
    op.alter_column(
        "message", "participation_id", existing_type=sa.UUID(), nullable=True, schema="participants"
    )
    op.drop_constraint(op.f("uq_message_dispatch_id"), "message", schema="participants", type_="unique")
    op.create_index("ix_message_edition_id", "message", ["edition_id"], unique=False, schema="participants")
    op.create_index("ix_message_ended_at", "message", ["ended_at"], unique=False, schema="participants")
    op.create_index("ix_message_person_id", "message", ["person_id"], unique=False, schema="participants")
    op.create_unique_constraint(
        op.f("uq_message_subject_id_template_turn"),
        "message",
        ["subject_id", "template", "turn"],
        schema="participants",
    )
    op.create_foreign_key(
        op.f("fk_message_person_id"),
        "message",
        "person",
        ["person_id"],
        ["id"],
        source_schema="participants",
        referent_schema="participants",
    )
    op.drop_column("message", "dispatch_id", schema="participants")


def downgrade() -> None:
    op.add_column(
        "message",
        sa.Column("dispatch_id", sa.UUID(), autoincrement=False, nullable=False),
        schema="participants",
    )
    op.drop_constraint(op.f("fk_message_person_id"), "message", schema="participants", type_="foreignkey")
    op.drop_constraint(
        op.f("uq_message_subject_id_template_turn"), "message", schema="participants", type_="unique"
    )
    op.drop_index("ix_message_person_id", table_name="message", schema="participants")
    op.drop_index("ix_message_ended_at", table_name="message", schema="participants")
    op.drop_index("ix_message_edition_id", table_name="message", schema="participants")
    op.create_unique_constraint(
        op.f("uq_message_dispatch_id"),
        "message",
        ["dispatch_id"],
        schema="participants",
        postgresql_nulls_not_distinct=False,
    )
    op.alter_column(
        "message", "participation_id", existing_type=sa.UUID(), nullable=False, schema="participants"
    )
    op.drop_column("message", "begun_at", schema="participants")
    op.drop_column("message", "provenance", schema="participants")
    op.drop_column("message", "facts", schema="participants")
    op.drop_column("message", "turn", schema="participants")
    op.drop_column("message", "subject_id", schema="participants")
    op.drop_column("message", "edition_id", schema="participants")
    op.drop_column("message", "person_id", schema="participants")
