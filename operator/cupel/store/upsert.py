"""INSERT ... ON CONFLICT, which SQLAlchemy has for each database and not for all."""

from __future__ import annotations

from sqlalchemy.dialects import postgresql, sqlite

UPSERTS = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
"""By the name of the engine's dialect."""
