"""Texts to passages, and passages to vectors."""
