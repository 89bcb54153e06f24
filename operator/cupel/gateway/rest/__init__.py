"""`/api/v1`: the tools, gaps and feedback there are by MCP, for programs that speak HTTP and JSON."""
