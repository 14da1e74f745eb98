"""Splits texts into passages, and encodes passages as vectors."""
