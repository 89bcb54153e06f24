"""The tables of the schema `codes`. Times are Unix seconds; secrets arrive here encrypted."""

from __future__ import annotations

import sqlalchemy as sa

METADATA = sa.MetaData()


def _enrolments(name: str) -> sa.Table:
    return sa.Table(
        name,
        METADATA,
        sa.Column("person", sa.String(128), primary_key=True),
        sa.Column("serial", sa.String(64), nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("groups", sa.Text, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("last_step", sa.BigInteger, nullable=False),
        sa.Column("drift", sa.Integer, nullable=False),
    )


ENROLMENTS = _enrolments("enrolments")
PENDING = _enrolments("pending_enrolments")
TRIES = sa.Table(
    "tries",
    METADATA,
    sa.Column("person", sa.String(128), primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("locked_until", sa.BigInteger, nullable=False),
)
STRANGER_TRIES = sa.Table(
    "stranger_tries",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("locked_until", sa.BigInteger, nullable=False),
)
USED_LINKS = sa.Table(
    "used_links",
    METADATA,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("expires_at", sa.BigInteger, nullable=False),
)
DELIVERIES = sa.Table(
    "deliveries",
    METADATA,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("person", sa.String(128), nullable=False),
    sa.Column("subject", sa.String(256), nullable=False),
    sa.Column("code_hash", sa.String(64), nullable=False),
    sa.Column("transport", sa.String(64), nullable=False),
    sa.Column("made_at", sa.BigInteger, nullable=False),
    sa.Column("expires_at", sa.BigInteger, nullable=False),
)
DELIVERY_TIMES = sa.Table(
    "delivery_times",
    METADATA,
    sa.Column("person", sa.String(128), primary_key=True),
    sa.Column("last_at", sa.BigInteger, nullable=False),
)
LINK_TIMES = sa.Table(
    "link_times",
    METADATA,
    sa.Column("person", sa.String(128), primary_key=True),
    sa.Column("full_until", sa.BigInteger, nullable=False),
)
AUDIT = sa.Table(
    "audit",
    METADATA,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("person", sa.String(128), nullable=False),
    sa.Column("namespace", sa.String(63), nullable=False),
    sa.Column("digest", sa.String(71), nullable=False),
    sa.Column("outcome", sa.String(64), nullable=False),
    sa.Column("address", sa.String(128), nullable=False),
)
