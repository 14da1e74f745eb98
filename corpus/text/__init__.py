"""The text of an article: its sentences, who speaks, its tables, its language."""
