"""A page's text to the article in it, and what the page says about the article."""
