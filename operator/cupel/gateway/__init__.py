"""The MCP endpoint: lists and calls the tools that are approved, live and of the caller."""
