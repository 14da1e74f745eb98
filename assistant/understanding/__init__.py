"""Understand a question: its kind, what it refers back to, and whether it is two in one."""
