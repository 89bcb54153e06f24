"""Links that were sent, and tries in names nobody enrolled: counted here, so that replicas count together."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "codes_0003"
down_revision = "codes_0002"


def upgrade() -> None:
    op.create_table(
        "link_times",
        sa.Column("person", sa.String(128), primary_key=True),
        sa.Column("full_until", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "stranger_tries",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("locked_until", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("stranger_tries")
    op.drop_table("link_times")
