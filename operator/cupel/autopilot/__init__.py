"""The autopilot's process: its clock, its watch, its writes. What it thinks is in `control` and `decide`."""
