"""The table of the schema `feedback`, as its migrations make it; a test holds the two together."""

from __future__ import annotations

import sqlalchemy as sa

METADATA = sa.MetaData()
TABLE = sa.Table(
    "tool_feedback",
    METADATA,
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
    sa.Index("tool_feedback_of_tool", "namespace", "tool", "tool_uid", "id"),
    sa.Index("tool_feedback_of_tenant", "namespace", "tool", "tenant", "call"),
)
