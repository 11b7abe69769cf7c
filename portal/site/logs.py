"""What may reach a log line: never the request, which carries an address, an agent and a path."""

import logging


class NoRequest(logging.Filter):
    """Strip the request object that Django hangs on a record, so no formatter or collector can print it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the line, without the request."""
        record.__dict__.pop("request", None)
        return True
