"""Figures from outside: the gateway, Pods, Prometheus, CloudWatch. `control` says what they mean."""
