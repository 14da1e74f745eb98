"""Articles into a library, and what keeps it whole."""
