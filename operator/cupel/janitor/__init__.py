"""The janitor: one round through all zones, then it ends. Removes only; the API server says what it may."""
