"""The people-facing side: the web chat and the dateline command."""
