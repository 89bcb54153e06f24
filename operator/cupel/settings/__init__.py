"""What the processes are configured with, from the environment."""
