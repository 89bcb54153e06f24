"""Enrolments and those that wait to be confirmed, tries, used links, delivered codes, and who tried what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "codes_0001"
down_revision = None


def upgrade() -> None:
    for name in ("enrolments", "pending_enrolments"):
        _enrolments(name)
    op.create_table(
        "tries",
        sa.Column("person", sa.String(128), primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("locked_until", sa.BigInteger, nullable=False),
    )
    _sent()
    _audit()


def _enrolments(name: str) -> None:
    op.create_table(
        name,
        sa.Column("person", sa.String(128), primary_key=True),
        sa.Column("serial", sa.String(64), nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("groups", sa.Text, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("last_step", sa.BigInteger, nullable=False),
        sa.Column("drift", sa.Integer, nullable=False),
    )


def _sent() -> None:
    op.create_table(
        "used_links",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("person", sa.String(128), nullable=False),
        sa.Column("subject", sa.String(256), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("transport", sa.String(64), nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
    op.create_index("deliveries_by_person", "deliveries", ["person"])


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("person", sa.String(128), nullable=False),
        sa.Column("namespace", sa.String(63), nullable=False),
        sa.Column("digest", sa.String(71), nullable=False),
        sa.Column("outcome", sa.String(64), nullable=False),
        sa.Column("address", sa.String(128), nullable=False),
    )
    op.create_index("audit_by_person", "audit", ["person", "at"])


def downgrade() -> None:
    for name in ("audit", "deliveries", "used_links", "tries", "pending_enrolments", "enrolments"):
        op.drop_table(name)
