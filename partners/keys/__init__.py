"""The keys platforms' programs show: issued, checked, revoked."""
