"""Take It Down's list on a platform's side: sync, verify, match, report."""
