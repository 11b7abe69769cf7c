"""Platforms' programs told what is new: signed, tried again, never followed into a private network."""
