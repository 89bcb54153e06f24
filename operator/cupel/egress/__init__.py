"""The egress proxy: the only way out of a tool's Pod, and only to the host:port pairs people approved."""
