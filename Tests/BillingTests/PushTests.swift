import Cryptography
import Foundation
import HTTPAPI
import Kernel
import Metering
import Postgres
import TestSupport
import Testing

@testable import Billing

@Suite struct PushTests {
    /// A receiver that answers with the statuses it is given, and prints what it got.
    private static let receiver = """
        import http.server, json, sys
        statuses = [int(s) for s in sys.argv[1].split(",")]
        class Receiver(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                print(json.dumps({"body": body, **{k.lower(): v for k, v in self.headers.items()}}), flush=True)
                self.send_response(statuses.pop(0) if len(statuses) > 1 else statuses[0])
                self.end_headers()
            def log_message(self, *args): pass
        server = http.server.HTTPServer(("127.0.0.1", 0), Receiver)
        print(server.server_port, flush=True)
        server.serve_forever()
        """

    @Test func `an invoice is sent signed, again until it is taken, and is what was stored`() async throws {
        let ledger = try await Ledger()
        try await ledger.plan("team", [InvoiceTests.price(.commands, 2)])
        try await ledger.give("team")
        try await ledger.use(.commands, 5, at: Ledger.november.start + 1)
        let process = try ChildProcess(["python3", "-c", Self.receiver, "500,204"])
        let port = try await process.port()
        let now = Ledger.november.end + 7200
        await #expect(throws: BillingError.noTarget) { try await ledger.billing.target(in: ledger.provider) }
        let old = try await ledger.billing.setTarget(
            SetBillingTarget(url: "http://127.0.0.1:1/"), at: now, audit: .discarding, in: ledger.provider)
        let made = try await ledger.billing.setTarget(
            SetBillingTarget(url: "http://127.0.0.1:\(port)/books"), at: now, audit: .discarding, in: ledger.provider)
        #expect(made.secret != old.secret && made.target.secretVersion == 2)
        let invoice = try await ledger.make(Ledger.november, at: now)
        let jobs = try await ledger.test.database.query(
            "select payload from jobs where kind = 'billing.push'", in: SystemScope(reason: "test")
        ) { try $0.next(JSON.self) }
        #expect(jobs == [["invoice": .string(invoice.id.text)]])

        await #expect(throws: (any Error).self) { try await ledger.billing.deliver(invoice.id, at: now) }
        #expect(try await ledger.billing.find(invoice.id, in: ledger.provider).pushedAt == nil)
        try await ledger.billing.deliver(invoice.id, at: now)
        #expect(try await ledger.billing.find(invoice.id, in: ledger.provider).pushedAt == now)

        try await eventually("both are printed", within: .seconds(20)) {
            process.output.split(separator: "\n").count == 3
        }
        let request = try JSONParser.parse(Array(process.output.split(separator: "\n")[2].utf8))
        let body = Array((request["body"]?.text ?? "").utf8)
        let secret = try #require(WebhookSecret(made.secret))
        try WebhookVerifier(secrets: [secret]).verify(
            id: invoice.id.text, timestamp: request["webhook-timestamp"]?.text ?? "",
            signatures: request["webhook-signature"]?.text ?? "", body: body, now: now)
        let data = try #require(try JSONParser.parse(body)["data"])
        #expect(Hash256.of(try CanonicalJSON.bytes(data)).hex == invoice.sha256)
    }

    @Test func `an address that is none is refused`() {
        for url in ["ftp://x.example/", "http://user:pw@x.example/", "nothing", "http://x.example/#a"] {
            #expect(throws: Invalid.self) { try SetBillingTarget(url: url) }
        }
    }
}
