"""The only package that talks to Kubernetes: client, stores, apply, lease, events."""
