import Testing

@testable import Outbound

/// Frames of RFC 6455 as a server sends them, and as one that means harm would.
@Suite struct WebSocketFramingTests {
    private func events(_ pieces: [[UInt8]], longest: Int = 1000) throws -> [WebSocketFraming.Event] {
        var framing = WebSocketFraming(longest: longest)
        return try pieces.flatMap { try framing.receive($0) }
    }

    @Test func `the RFC's own examples are read`() throws {
        // Section 5.7: a text in one frame, and in two; a ping between them.
        #expect(try events([[0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F]]) == [.text("Hello")])
        #expect(
            try events([[0x01, 0x03, 0x48, 0x65, 0x6C], [0x89, 0x02, 1, 2], [0x80, 0x02, 0x6C, 0x6F]])
                == [.ping([1, 2]), .text("Hello")])
        let long = [UInt8](repeating: 7, count: 256)
        #expect(try events([[0x82, 0x7E, 0x01, 0x00] + long]) == [.binary(long)])
        #expect(try events([[0x88, 0x02, 0x03, 0xE8, 0x81]]) == [.close(1000)], "nothing counts behind the end")
    }

    @Test func `it does not matter where the bytes are cut`() throws {
        let whole: [UInt8] = [0x01, 0x03, 0xE4, 0xBD, 0xA0, 0x89, 0x01, 9, 0x80, 0x03, 0xE5, 0xA5, 0xBD, 0x8A, 0x00]
        for cut in 0...whole.count {
            let found = try events([Array(whole[..<cut]), Array(whole[cut...])])
            #expect(found == [.ping([9]), .text("你好"), .pong])
        }
        #expect(try events(whole.map { [$0] }) == [.ping([9]), .text("你好"), .pong])
    }

    @Test(
        arguments: [
            ([0xC1, 0x00], WebSocketFraming.Fault.reservedBits), ([0x83, 0x00], .unknownOpcode),
            ([0x81, 0x85, 0, 0, 0, 0], .masked), ([0x09, 0x00], .length), ([0x89, 0x7E, 0x00, 0x7E], .length),
            ([0x81, 0x7E, 0x00, 0x05], .length), ([0x81, 0x7F, 0, 0, 0, 0, 0, 0, 0x01, 0x00], .length),
            ([0x81, 0x7F, 0x80, 0, 0, 0, 0, 1, 0, 0], .length), ([0x81, 0x7F, 0, 0, 0, 0, 0x7F, 0, 0, 0], .tooLarge),
            ([0x81, 0x7E, 0x03, 0xE9], .tooLarge), ([0x80, 0x00], .fragments), ([0x01, 0x00, 0x81, 0x00], .fragments),
            ([0x81, 0x02, 0xC3, 0x28], .notText), ([0x88, 0x01, 0x03], .close),
        ] as [([UInt8], WebSocketFraming.Fault)])
    func `what is against the rules ends it`(_ bytes: [UInt8], _ fault: WebSocketFraming.Fault) {
        #expect(throws: fault) { try events([bytes]) }
    }

    @Test func `a message is bounded in all its frames together, and so is their number`() {
        let piece = [0x00, 0x7E, 0x01, 0xF4] + [UInt8](repeating: 65, count: 500)
        #expect(throws: WebSocketFraming.Fault.tooLarge) { try events([[0x01, 0x00], piece, piece, piece]) }
        #expect(throws: WebSocketFraming.Fault.fragments) {
            try events([[0x01, 0x00]] + [[UInt8]](repeating: [0x00, 0x00], count: 300))
        }
    }

    @Test func `whatever comes, it is read or refused`() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let bytes = (0..<Int.random(in: 0...60)).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            var framing = WebSocketFraming(longest: 40)
            do { _ = try framing.receive(bytes) } catch {}
        }
    }

    @Test func `what is sent is masked`() {
        // The masked example of section 5.7.
        #expect(
            WebSocketFraming.text("Hello", mask: 0x37FA_213D)
                == [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58])
        #expect(WebSocketFraming.text(String(repeating: "a", count: 126), mask: 0)[1...3] == [0xFE, 0x00, 0x7E])
        #expect(WebSocketFraming.text(String(repeating: "a", count: 70_000), mask: 0)[1] == 0xFF)
        #expect(WebSocketFraming.close(1000, mask: 0) == [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8])
    }

    @Test func `only the answer to our own question opens one`() throws {
        // The key and the answer of section 1.3.
        let nonce = Array("the sample nonce".utf8)
        func handshake() throws -> WebSocketHandshake {
            WebSocketHandshake(
                try OutboundURL(webSocket: "wss://vendor.example:8443/a/b?ticket=x%2By"), userAgent: "T", nonce: nonce)
        }
        let text = String(decoding: try handshake().request, as: UTF8.self)
        #expect(text.hasPrefix("GET /a/b?ticket=x%2By HTTP/1.1\r\nHost: vendor.example:8443\r\n"))
        #expect(text.contains("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n") && text.hasSuffix("\r\n\r\n"))
        func answer(_ text: String) throws -> [UInt8]? {
            var handshake = try handshake()
            return try handshake.receive(Array(text.replacing("\n", with: "\r\n").utf8))
        }
        let good = """
            HTTP/1.1 101 Switching Protocols
            Upgrade: websocket
            Connection: keep-alive, Upgrade
            Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=


            """
        #expect(try answer(good) == [])
        #expect(try answer(good + "x") == [120])
        let whole = Array((good + "x").replacing("\n", with: "\r\n").utf8)
        for cut in 1..<whole.count - 1 {
            var pieces = try handshake()
            #expect(try pieces.receive(Array(whole[..<cut])) == nil)
            #expect(try pieces.receive(Array(whole[cut...])) == [120], "cut at \(cut)")
        }
        #expect(try answer(String(good.dropLast(3))) == nil)
        let wrong: [(String, String, WebSocketHandshake.Fault)] = [
            ("101 Switching", "401 Unauthorized", .refused(status: 401)), ("xOo=", "xOp=", .refused(status: 101)),
            ("Upgrade: websocket", "Upgrade: h2c", .refused(status: 101)), ("HTTP/1.1 101", "SSH-2.0", .unreadable),
            ("Connection: keep-alive, Upgrade", "Connection: close", .refused(status: 101)),
            ("Upgrade: websocket", "Upgrade: websocket\nSec-WebSocket-Extensions: x", .refused(status: 101)),
        ]
        for (part, other, fault) in wrong {
            #expect(throws: fault, "\(other)") { try answer(good.replacing(part, with: other, maxReplacements: 1)) }
        }
        #expect(throws: WebSocketHandshake.Fault.unreadable) { try answer(String(repeating: "a", count: 20_000)) }
        #expect(throws: OutboundError.self) { try OutboundURL(webSocket: "https://vendor.example") }
    }

    @Test func `a connection whose reader is behind is not looked at, lest its end is told again and again`() throws {
        #expect(CurlLibrary.isReady)
        let order = TransferOrder(
            .connection(OutboundRequest(.get, try OutboundURL("http://127.0.0.1:1/"))), timing: .idle(.seconds(1)),
            egress: .open, configuration: HTTPClientConfiguration(egress: .open))
        let transfer = try #require(Transfer(id: 1, order: order))
        #expect(transfer.waiting == nil)
        transfer.line = Transfer.Line(descriptor: 0)
        #expect(transfer.waiting != nil)
        transfer.isPaused = true
        #expect(transfer.waiting == nil)
        #expect(transfer.take([1]) && transfer.waiting != nil, "what is to be sent is waited for still")
    }
}
