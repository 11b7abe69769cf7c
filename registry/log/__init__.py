"""The append-only Merkle log: what partners read (`list`) and what was done (`audit`)."""
