"""Figures from outside: the gateway, Pods' /metrics, Prometheus, CloudWatch. `control` says what they mean."""
