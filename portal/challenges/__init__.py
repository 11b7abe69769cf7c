"""Proof of work: what a browser does before it sends, instead of anybody being tracked."""
