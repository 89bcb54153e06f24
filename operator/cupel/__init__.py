"""Cupel: from something an agent cannot do to a tested, approved, isolated and reversible MCP tool."""
