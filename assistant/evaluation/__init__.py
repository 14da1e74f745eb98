"""Evaluate an assistant on questions with known answers."""
