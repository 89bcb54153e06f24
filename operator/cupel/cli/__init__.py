"""The command line, cupel and kubectl-cupel."""
