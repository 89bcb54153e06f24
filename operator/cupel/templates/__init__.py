"""Templates: parameters in, a whole tool out, with schemas, trials and permissions. Nothing is executed."""
