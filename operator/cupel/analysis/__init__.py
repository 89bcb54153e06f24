"""Static analysis: bytes in, findings and capabilities out. Nothing is executed or read from disk."""
