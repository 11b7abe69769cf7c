"""Words between a person who reported and a trained person here; neither knows who the other is."""
