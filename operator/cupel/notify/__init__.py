"""Telling people what became of tools and what waits for them, by channels outside the cluster."""
