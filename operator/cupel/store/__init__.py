"""What must outlast a process and is no object of Kubernetes: tool state, enrolments, notices sent.

SQLAlchemy Core over SQLite in a volume, or PostgreSQL by URL. Each process opens a schema of its own.
"""
