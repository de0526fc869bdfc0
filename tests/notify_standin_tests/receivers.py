"""Something for callbacks to arrive at."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Receiver:
    """Takes callbacks, keeps them, and answers with the next of its statuses (204 when there are no more)."""

    def __init__(self, *statuses):
        self.statuses = list(statuses)
        self.payloads = []
        self.headers = []
        self._lock = threading.Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                payload = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(receiver.take(payload, self.headers))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/receipts"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def take(self, payload, headers):
        with self._lock:
            self.payloads.append(payload)
            self.headers.append(headers)
            return self.statuses.pop(0) if self.statuses else 204

    def close(self):
        self._server.shutdown()
        self._server.server_close()
