"""Decisions: one file per kind. Pure: the same arguments give the same answer; nothing here looks or acts."""
