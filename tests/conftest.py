"""Tools for every test."""

from tests import append_only

append_only.allow_flush()
