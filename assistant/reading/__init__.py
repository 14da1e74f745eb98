"""Passages to scored sentences: the trained reader, and the one by rules."""
