"""The tool protocol from the outside: health, definition, call."""
