"""What a test of the whole site borrows from the registry's."""

from tests.registry.conftest import own_connection, publication  # noqa: F401 - fixtures
