"""Take It Down's list on a platform's side: sync, verify, match, report."""

VERSION = "0.2.0"
"""Raise it with every change: pip leaves a package of the same version as it is."""
