# A backend of the lab: answers with what reached it, as JSON. Argument: the port.
import json
import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # An answer leaves in one piece: the second of two would wait for the first one's acknowledgement.
    wbufsize = -1

    def do_GET(self):
        said = {
            "backend": socket.gethostname(),
            "uri": self.path,
            "host": self.headers.get("Host", ""),
            "realIp": self.headers.get("X-Real-IP", ""),
            "forwardedFor": self.headers.get("X-Forwarded-For", ""),
            "forwardedProto": self.headers.get("X-Forwarded-Proto", ""),
            "connection": self.headers.get("Connection", ""),
        }
        body = (json.dumps(said, separators=(",", ":")) + "\n").encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Backend(ThreadingHTTPServer):
    # Of five, some of the many who come at once would be left out.
    request_queue_size = 1024


Backend(("", int(sys.argv[1])), Answer).serve_forever()
