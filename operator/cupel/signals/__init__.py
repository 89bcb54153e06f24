"""Figures from outside: the gateway's measurements, Pods' /metrics, Prometheus.

`control` says what they mean.
"""
