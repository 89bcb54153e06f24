"""What tests of a real cluster share."""
