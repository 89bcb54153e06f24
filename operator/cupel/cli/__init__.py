"""The command line, `cupel` and `kubectl-cupel`. What one command does is in the module of its name."""

from __future__ import annotations


def main() -> None:
    """Entry of both commands."""
    from .app import app  # here: whoever imports the package for its parts needs no command line

    app()
