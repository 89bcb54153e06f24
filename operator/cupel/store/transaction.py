"""One transaction, whose failures say nothing of what was written: SQLAlchemy's own texts show parameters."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine


class StoreAway(Exception):
    """The store did not answer, or not in time; nothing was written."""


class Taken(StoreAway):
    """Somebody else wrote a row of this key before."""


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Committed at its end. Raises StoreAway, and Taken."""
    try:
        async with engine.begin() as connection:
            yield connection
    except IntegrityError as error:
        raise Taken(type(error).__name__) from None
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        raise StoreAway(type(error).__name__) from None
