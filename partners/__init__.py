"""The doors platforms use."""
