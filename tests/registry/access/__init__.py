"""Tests of who acts, and through which door."""
