"""The list in the NCMEC v2 dialect."""
