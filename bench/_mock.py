"""A server that can do nothing but give the files of a folder, one after another: what a page costs at the least.

`python -m bench._mock FOLDER PORT`; the files are packed by gzip, and begin anew after the last.
"""

import itertools
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


def main(folder: Path, port: int) -> None:
    replies = itertools.cycle([file.read_bytes() for file in sorted(folder.iterdir())])

    class Mock(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = next(replies)
            self.send_response(200)
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    ThreadingHTTPServer(("127.0.0.1", port), Mock).serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
