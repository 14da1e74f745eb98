"""What a page says of itself near its top: title, outlet, byline. Knows nothing of the body."""
