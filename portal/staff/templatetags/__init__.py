"""What staff pages draw with."""
