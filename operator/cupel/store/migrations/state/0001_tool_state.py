"""State of tools, per tenant. `version` is drawn anew for every write, so it names one state for ever."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "state_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "tool_state",
        sa.Column("namespace", sa.String(63), primary_key=True),
        sa.Column("tool", sa.String(63), primary_key=True),
        sa.Column("tenant", sa.String(512), primary_key=True),
        sa.Column("tool_uid", sa.String(64), nullable=False),
        sa.Column("keep", sa.Boolean, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("tool_state_by_owner", "tool_state", ["namespace", "tool", "tool_uid", "keep"])


def downgrade() -> None:
    op.drop_table("tool_state")
