"""Review by pull request: revisions that wait are pushed and shown; a merge or a close becomes a decision."""
