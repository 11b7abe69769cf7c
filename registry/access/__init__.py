"""Who acts, through which door, and how they are refused. Plain Python, never Django."""
