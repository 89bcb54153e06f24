"""What runs inside gVisor: the launcher of one tool, and the harness that tries it. Standard library only."""
