"""The operator process: kopf watches, a work queue, one pass for every wake."""
