"""Whole journeys: real processes, real browser, real clients."""
