"""When somebody was last sent a code: one row a person, so that two requests at once send one code."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "codes_0002"
down_revision = "codes_0001"


def upgrade() -> None:
    op.create_table(
        "delivery_times",
        sa.Column("person", sa.String(128), primary_key=True),
        sa.Column("last_at", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("delivery_times")
