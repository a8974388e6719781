"""A proxy that forwards nothing and keeps what is posted through it: one line each on its output, with the address and the body. Its first line is its port."""

from http.server import BaseHTTPRequestHandler, HTTPServer


class Catcher(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        print(self.path, self.headers.get("Content-Type", ""), body.replace("\n", " "), flush=True)
        self.send_response(204)
        self.end_headers()


server = HTTPServer(("127.0.0.1", 0), Catcher)
print(server.server_port, flush=True)
server.serve_forever()
