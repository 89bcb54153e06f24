"""A real one-node Kubernetes with gVisor, assembled from source packages and Debian, for tests and the demo.

Standard library only: it runs before the project's virtual environment exists.
"""
