"""What listed pictures look like: near-duplicates, and the list of pictures that everybody has."""
