"""The official MCP conformance suite: how it is installed, and what it finds wrong that we know of."""
