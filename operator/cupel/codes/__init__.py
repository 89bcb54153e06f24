"""The service of one-time codes: who is enrolled, whether a code is right, and the second channel."""
