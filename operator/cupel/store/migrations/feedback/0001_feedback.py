"""Feedback on tools: one row for each verdict of a tenant on a call."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "feedback_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "tool_feedback",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("namespace", sa.String(63), nullable=False),
        sa.Column("tool", sa.String(63), nullable=False),
        sa.Column("tool_uid", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(71), nullable=False),
        sa.Column("tenant", sa.String(512), nullable=False),
        sa.Column("call", sa.String(128), nullable=False),
        sa.Column("verdict", sa.String(4), nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("tool_feedback_of_tool", "tool_feedback", ["namespace", "tool", "tool_uid", "id"])
    op.create_index("tool_feedback_of_tenant", "tool_feedback", ["namespace", "tool", "tenant", "call"])


def downgrade() -> None:
    op.drop_table("tool_feedback")
