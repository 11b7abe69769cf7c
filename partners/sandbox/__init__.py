"""A second list of made-up entries, in the same form and behind the same addresses, for platforms to try themselves on."""
