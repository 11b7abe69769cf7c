"""The site, and the people inside it."""
