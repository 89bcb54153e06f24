"""The tables of notices, as their migrations make them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Dialect, Index, Integer, MetaData, String, Table, Text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeDecorator


class Moment(TypeDecorator[datetime]):
    """A time with its zone, which SQLite would forget."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


metadata = MetaData()
BEGUN = Table(
    "notices_begun",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
)
MARKS = Table(
    "notice_marks",
    metadata,
    Column("uid", String(64), primary_key=True),
    Column("generation", BigInteger, primary_key=True),
    Column("reason", String(64), primary_key=True),
    Column("namespace", String(63), nullable=False),
    Column("tool", String(253), nullable=False),
    Column("since", Moment, nullable=False),
    Column("covered_to", Moment, nullable=False),
    Column("tellings", Integer, nullable=False),
    Column("marked_at", Moment, nullable=False),
)
LETTERS = Table(
    "notice_letters",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("channel", String(40), primary_key=True),
    Column("news", String(16), nullable=False),
    Column("namespace", String(63), nullable=False),
    Column("tool", String(253), nullable=False),
    Column("reason", String(64), nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("line", Text, nullable=False),
    Column("written_at", Moment, nullable=False),
    Column("batch", String(16)),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Moment, nullable=False),
    Column("done_at", Moment),
    Column("outcome", String(16)),
    Column("error", String(200), nullable=False),
    Index("notice_letters_to_send", "channel", "done_at", "next_at"),
)
CHANNELS = Table(
    "notice_channels",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("claimed_by", String(64)),
    Column("claimed_until", Moment),
    Column("next_at", Moment, nullable=False),
    Column("failures", Integer, nullable=False),
)


def added(dialect: Dialect, table: Table) -> Any:
    """An INSERT, for one row or many, that does nothing where the primary key is taken; of one row its
    rowcount tells. Not by RETURNING: a SQLite connection that is cut off before the row was fetched keeps
    its lock.
    """
    insert = postgresql.insert if dialect.name == "postgresql" else sqlite.insert
    return insert(table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
