import TestSupport
import Testing

@testable import Outbound

/// A small HTTP server on loopback, in a process of its own, with one path for each way in which servers misbehave.
final class Receiver: Sendable {
    let port: Int
    private let process: ChildProcess

    /// For the tests that do not mind each other.
    static let shared = Task { try await Receiver() }

    /// - Parameter certificate: a folder with `key.pem` and `cert.pem`, for a server that speaks TLS.
    init(certificate: String? = nil) async throws {
        let process = try ChildProcess(["python3", "-c", Self.script] + (certificate.map { [$0] } ?? []))
        try await eventually("the receiver listens", within: .seconds(10)) { process.output.hasSuffix("\n") }
        self.process = process
        port = try #require(Int(process.output.split(separator: "\n")[0]), "\(process.output)")
    }

    var address: HostPort { HostPort(host: "127.0.0.1", port: port) }

    func url(_ path: String, host: String = "127.0.0.1", scheme: String = "http") throws -> OutboundURL {
        try OutboundURL("\(scheme)://\(host):\(port)\(path)")
    }

    private static let script = #"""
        import http.server, ssl, sys, time, urllib.parse

        counts = {"sent": 0, "open": 0}

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            def log_message(self, *_): pass
            def reply(self, status, body=b"", headers=()):
                self.send_response(status)
                for name, value in headers: self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD": self.wfile.write(body)
            def endless(self, kind="text/plain"):
                self.close_connection = True
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Connection", "close")
                self.end_headers()
            def handle_any(self):
                url = urllib.parse.urlsplit(self.path)
                query = dict(urllib.parse.parse_qsl(url.query))
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                getattr(self, "do" + url.path.replace("/", "_"), self.missing)(query, body)
            do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any
            def missing(self, query, body): self.reply(404)
            def do_echo(self, query, body):
                head = self.command + " " + self.path + "\n" + "".join(
                    f"{n}: {v}\n" for n, v in self.headers.items())
                self.reply(200, head.encode() + b"\n" + body, [("X-Twice", "1"), ("X-Twice", "2")])
            def do_status(self, query, body): self.reply(int(query["code"]))
            def do_redirect(self, query, body): self.reply(int(query.get("code", 302)), b"", [("Location", query["to"])])
            def do_loop(self, query, body): self.reply(302, b"", [("Location", "/loop")])
            def do_slow(self, query, body):
                time.sleep(float(query["seconds"]))
                self.reply(200, b"late")
            def do_large(self, query, body): self.reply(200, b"x" * int(query["bytes"]))
            def do_huge(self, query, body):
                self.endless()
                try:
                    while True: self.wfile.write(b"x" * 65536)
                except OSError: pass
            def do_firehose(self, query, body):
                self.endless()
                for _ in range(int(query["mib"])):
                    self.wfile.write(b"x" * (1 << 20))
                    counts["sent"] += 1
            def do_count(self, query, body): self.reply(200, str(counts[query["of"]]).encode())
            def do_events(self, query, body):
                self.endless("text/event-stream")
                counts["open"] += 1
                try:
                    for number in range(int(query.get("count", 1000))):
                        self.wfile.write(f": beat\n\nid: {number}\nevent: tick\ndata: {number}\n\n".encode())
                        time.sleep(0.02)
                except OSError: pass
                finally: counts["open"] -= 1
            def do_silent(self, query, body):
                self.endless()
                self.wfile.write(b"hello")
                time.sleep(5)
            def do_headers(self, query, body):
                self.wfile.write(b"HTTP/1.1 200 OK\r\n")
                try:
                    while True: self.wfile.write(b"X-More: " + b"y" * 1000 + b"\r\n")
                except OSError: pass
            def do_garbage(self, query, body):
                self.close_connection = True
                self.wfile.write(b"\x00\x01SSH-2.0-nonsense\r\n\r\n")
            def do_hangup(self, query, body): self.close_connection = True
            def do_short(self, query, body):
                self.close_connection = True
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")
            def do_interim(self, query, body):
                self.wfile.write(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
                self.reply(200, b"final")

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128
            def handle_error(self, *_): pass

        server = Server(("127.0.0.1", 0), Handler)
        if len(sys.argv) > 1:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(sys.argv[1] + "/cert.pem", sys.argv[1] + "/key.pem")
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        print(server.server_address[1], flush=True)
        server.serve_forever()
        """#
}
