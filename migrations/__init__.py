"""Alembic: one environment, a folder of revisions per schema."""
