"""Figures from outside: the gateway, Pods' /metrics, Prometheus. `control` says what they mean."""
