"""The room where the service's processes are started, watched and stopped together. Plain Python, never Django."""
