"""The list as partners read it, whatever dialect they speak."""
