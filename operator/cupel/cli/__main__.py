"""`python -m cupel.cli`: the same as the command `cupel`."""

from . import main

main()
