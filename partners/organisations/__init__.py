"""Platforms: who they are and what they agreed to."""
