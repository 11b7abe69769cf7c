"""The record: what is listed and what was done."""
