"""The tables of the schema `state`, as the migrations make them; a test holds the two together."""

from __future__ import annotations

import sqlalchemy as sa

METADATA = sa.MetaData()
TABLE = sa.Table(
    "tool_state",
    METADATA,
    sa.Column("namespace", sa.String(63), primary_key=True),
    sa.Column("tool", sa.String(63), primary_key=True),
    sa.Column("tenant", sa.String(512), primary_key=True),
    sa.Column("tool_uid", sa.String(64), nullable=False),
    sa.Column("keep", sa.Boolean, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    sa.Index("tool_state_by_owner", "namespace", "tool", "tool_uid", "keep"),
)
CLUSTER = sa.Table(
    "tool_state_cluster",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("uid", sa.String(64), nullable=False),
    sa.Column("since", sa.DateTime(timezone=True), nullable=False),
)
"""One row: the cluster whose tools the states are of."""
