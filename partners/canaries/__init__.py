"""Entries that no picture is behind, known to one platform each: where one turns up says whose copy leaked."""
