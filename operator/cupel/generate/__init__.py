"""Tools written by a model: the prompt, the providers, what may come back. Only the author loads it."""
