"""`make test`, `make demo` and their parts: set-up, stages, counting. Standard library only: it makes the venv."""
