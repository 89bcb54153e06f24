"""The engine of the autopilot: estimation, forecast, detection, choice. Pure, in arrays, one row a policy."""
