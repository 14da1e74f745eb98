"""What a question asks: its kind, what it leans on, and whether it is two."""
