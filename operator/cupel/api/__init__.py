"""Words: the kinds, their bundle and report, and the CRDs built from them."""
