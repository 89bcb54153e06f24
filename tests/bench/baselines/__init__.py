"""Autoscalers that Cupel's is measured beside: our own implementations of published algorithms. No part of the product."""
