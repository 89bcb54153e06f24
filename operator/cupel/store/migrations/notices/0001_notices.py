"""What was told to whom, and what is still to be sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "notices_0001"
down_revision = None


def moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    marks()
    letters()
    op.create_table(
        "notice_channels",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("claimed_by", sa.String(64)),
        moment("claimed_until", nullable=True),
        moment("next_at"),
        sa.Column("failures", sa.Integer, nullable=False),
    )


def marks() -> None:
    op.create_table("notices_begun", sa.Column("id", sa.Integer, primary_key=True), moment("at"))
    op.create_table(
        "notice_marks",
        sa.Column("uid", sa.String(64), primary_key=True),
        sa.Column("generation", sa.BigInteger, primary_key=True),
        sa.Column("reason", sa.String(64), primary_key=True),
        sa.Column("namespace", sa.String(63), nullable=False),
        sa.Column("tool", sa.String(253), nullable=False),
        moment("since"),
        moment("covered_to"),
        sa.Column("tellings", sa.Integer, nullable=False),
        moment("marked_at"),
    )


def letters() -> None:
    op.create_table(
        "notice_letters",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("channel", sa.String(40), primary_key=True),
        sa.Column("news", sa.String(16), nullable=False),
        sa.Column("namespace", sa.String(63), nullable=False),
        sa.Column("tool", sa.String(253), nullable=False),
        sa.Column("reason", sa.String(64), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("line", sa.Text, nullable=False),
        moment("written_at"),
        sa.Column("batch", sa.String(16)),
        sa.Column("attempts", sa.Integer, nullable=False),
        moment("next_at"),
        moment("done_at", nullable=True),
        sa.Column("outcome", sa.String(16)),
        sa.Column("error", sa.String(200), nullable=False),
    )
    op.create_index("notice_letters_to_send", "notice_letters", ["channel", "done_at", "next_at"])


def downgrade() -> None:
    for table in ("notice_channels", "notice_letters", "notice_marks", "notices_begun"):
        op.drop_table(table)
