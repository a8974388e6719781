import Cryptography
import Foundation
import HTTPAPI
import Kernel
import Testing

@testable import Messengers

/// What Feishu and Lark say over their long connection, byte by byte.
@Suite struct FeishuStreamTests {
    private static let home = "https://open.feishu.cn"
    private static let start = ContinuousClock.now

    private let settings: FeishuChannelSettings
    private var stream: FeishuStream

    init() throws {
        settings = try FeishuChannelSettings(
            appId: "cli_app", tenantKey: Team.company, delivery: .stream, apiUrl: nil)
        stream = FeishuStream(settings: settings, api: Self.home, secret: "the-secret")
        stream.connected(to: "wss://msg-frontier.feishu.cn/ws/v2?device_id=1&service_id=33554678&ticket=t")
    }

    // MARK: frames

    /// As the vendor's own library writes them.
    private static let vectors: [(hex: String, frame: FeishuFrame)] = [
        (
            "08ac0210ffffffffffffffffff0118feffffffffffffffff0120012a0d0a047479706512056576656e742a110a0a6d6573736167"
                + "655f696412036d2d312a080a0373756d1201312a080a037365711201303204677a69703a046a736f6e42077b2261223a317d"
                + "4a036c6f67",
            FeishuFrame(
                sequence: 300, log: .max, service: -2, method: 1,
                headers: headers(["type": "event", "message_id": "m-1", "sum": "1", "seq": "0"]),
                payloadEncoding: "gzip", payloadType: "json", payload: Array(#"{"a":1}"#.utf8), newLog: "log")
        ),
        (
            "0800100018f681801020002a0c0a0474797065120470696e67",
            FeishuFrame(service: 33_554_678, method: 0, headers: headers(["type": "ping"]))
        ),
    ]

    private static func bytes(_ hex: String) -> [UInt8] {
        let digits = hex.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    private static func headers(_ pairs: KeyValuePairs<String, String>) -> [FeishuFrame.Header] {
        pairs.map { FeishuFrame.Header(key: $0.key, value: $0.value) }
    }

    @Test func `frames are those of the vendor's library`() throws {
        for (hex, frame) in Self.vectors {
            #expect(Hex.encode(frame.bytes) == hex)
            #expect(try FeishuFrame(Self.bytes(hex)) == frame)
        }
    }

    @Test func `what is written is read, and no part of it is a whole`() throws {
        var random = SystemRandomNumberGenerator()
        func bytes(_ most: Int) -> [UInt8] { (0..<Int.random(in: 0...most, using: &random)).map { _ in random.next() } }
        func text() -> String { String(decoding: bytes(20), as: UTF8.self) }
        for _ in 0..<300 {
            let frame = FeishuFrame(
                sequence: random.next(), log: random.next() >> UInt64.random(in: 0..<64, using: &random),
                service: Int32(truncatingIfNeeded: random.next()), method: Int32.random(in: -1...2, using: &random),
                headers: (0..<Int.random(in: 0...5, using: &random)).map { _ in .init(key: text(), value: text()) },
                payloadEncoding: Bool.random(using: &random) ? text() : nil,
                payloadType: Bool.random(using: &random) ? text() : nil,
                payload: Bool.random(using: &random) ? bytes(500) : nil,
                newLog: Bool.random(using: &random) ? text() : nil)
            let whole = frame.bytes
            #expect(try FeishuFrame(whole) == frame)
            // What is new to us may stand in it.
            var newer = ProtobufWriter()
            newer.put(20, random.next())
            newer.put(21, bytes(10))
            #expect(try FeishuFrame(whole + newer.bytes) == frame)
            // A frame that is cut off lacks something that it has to have, or is another, and nothing worse.
            let cut = Array(whole.prefix(Int.random(in: 0..<whole.count, using: &random)))
            if let other = try? FeishuFrame(cut) { #expect(other != frame || frame.bytes.count != whole.count) }
            var spoiled = whole
            spoiled[Int.random(in: 0..<whole.count, using: &random)] = random.next()
            if let other = try? FeishuFrame(spoiled) { #expect(try FeishuFrame(other.bytes) == other) }
        }
    }

    @Test(arguments: [
        "", "08", "0800", "080010001800", "00", "0800100018002000ff", "0b08001000180020000c", "0a0100",
        // Longer than what follows, a number without an end, one of more than 64 bits, a header that is a number, no text.
        "080010001800200042ffffffff0f00", "08ffffffffffffffffffff01", "08ffffffffffffffffff02", "08001000180020002801",
        "0800100018002000320180", "08001000180020002a020a00",
    ])
    func `what is no frame is refused`(_ hex: String) {
        #expect(throws: ProtobufFault.self) { try FeishuFrame(Self.bytes(hex)) }
    }

    @Test func `no frame has headers without end`() throws {
        let many = FeishuFrame(
            service: 1, method: 1,
            headers: Array(repeating: .init(key: "a", value: "b"), count: FeishuFrame.mostHeaders))
        #expect(try FeishuFrame(many.bytes) == many)
        var more = many
        more.headers.append(.init(key: "a", value: "b"))
        #expect(throws: ProtobufFault.self) { try FeishuFrame(more.bytes) }
    }

    // MARK: parts

    @Test func `parts come in any order, twice, and beside those of others`() throws {
        var parts = FeishuParts()
        #expect(try parts.add([9], 0, of: 1, to: "alone", at: Self.start) == [9])
        #expect(try parts.add([3], 2, of: 3, to: "a", at: Self.start) == nil)
        #expect(try parts.add([7], 1, of: 2, to: "b", at: Self.start) == nil)
        #expect(try parts.add([3], 2, of: 3, to: "a", at: Self.start) == nil)
        #expect(try parts.add([1], 0, of: 3, to: "a", at: Self.start) == nil)
        #expect(try parts.add([2], 1, of: 3, to: "a", at: Self.start) == [1, 2, 3])
        #expect(try parts.add([6], 0, of: 2, to: "b", at: Self.start) == [6, 7])
        #expect(parts.bytes == 0)
    }

    @Test func `what is begun and not ended is forgotten, and bounded until then`() throws {
        var parts = FeishuParts()
        #expect(try parts.add([1], 0, of: 2, to: "a", at: Self.start) == nil)
        #expect(try parts.add([2], 1, of: 2, to: "a", at: Self.start + .seconds(6)) == nil, "the first one is gone")
        for number in 1..<FeishuParts.mostMessages {
            _ = try parts.add([1], 0, of: 2, to: "m\(number)", at: Self.start + .seconds(6))
        }
        #expect(throws: FeishuParts.Fault.self) { try parts.add([1], 0, of: 2, to: "z", at: Self.start + .seconds(6)) }
        #expect(try parts.add([1], 0, of: 2, to: "z", at: Self.start + .seconds(12)) == nil)
        var large = FeishuParts()
        let piece = [UInt8](repeating: 0, count: 100 << 10)
        _ = try large.add(piece, 0, of: 4, to: "a", at: Self.start)
        _ = try large.add(piece, 0, of: 4, to: "b", at: Self.start)
        #expect(throws: FeishuParts.Fault.self) { try large.add(piece, 0, of: 4, to: "c", at: Self.start) }
    }

    @Test(arguments: [(0, 0), (-1, 2), (2, 2), (0, 65), (0, -1)])
    func `parts that are none`(_ number: Int, _ count: Int) {
        var parts = FeishuParts()
        #expect(throws: FeishuParts.Fault.self) { try parts.add([1], number, of: count, to: "a", at: Self.start) }
        #expect(throws: FeishuParts.Fault.self) {
            _ = try parts.add([1], 0, of: 2, to: "b", at: Self.start)
            _ = try parts.add([1], 1, of: 3, to: "b", at: Self.start)
        }
    }

    // MARK: where to

    private func address(_ answer: JSON, status: Int = 200, of api: String = home) throws -> String? {
        let stream = FeishuStream(settings: settings, api: api, secret: "the-secret")
        guard case .stream(let address) = try stream.open().read(Sample.answer(answer, status: status)) else {
            return nil
        }
        return address
    }

    private func named(_ url: String) -> JSON { ["code": 0, "data": ["URL": .string(url)]] }

    @Test func `the app's secret asks where to connect to, and what is elsewhere is no answer`() throws {
        let request = stream.open()
        #expect(request.url == "https://open.feishu.cn/callback/ws/endpoint")
        let body = try JSONParser.parse(try #require(request.body))
        #expect(body == ["AppID": "cli_app", "AppSecret": "the-secret"])
        let good = "wss://msg-frontier.feishu.cn/ws/v2?device_id=1&service_id=2"
        #expect(try address(named(good)) == good)
        let lark = "wss://msg-frontier-sg.larksuite.com/ws/v2?service_id=2"
        #expect(try address(named(lark), of: "https://open.larksuite.com") == lark)
        #expect(try address(named("wss://msg-frontier.larksuite.com/x"), of: "https://open.larksuite.com") != nil)
        #expect(try address(named("wss://chat.example.com/x"), of: "https://chat.example.com") != nil)
        // Of the vendor's own domain only what is there for it, and beside another place nothing at all.
        for name in ["docs", "msg-frontier-", "msg-frontier-x", "msg-frontier-sg-x", "msg-frontiers", "a.msg-frontier"]
        {
            #expect(throws: VendorFault.self, "\(name)") { try address(named("wss://\(name).feishu.cn/x")) }
        }
        for (url, api) in [
            ("wss://feishu.cn/x", Self.home), ("wss://msg-frontier.feishu.cn:444/x", Self.home),
            ("wss://msg-frontier.example.com/x", "https://open.example.com"),
            ("wss://example.co.uk/x", "https://open.co.uk"), ("wss://a.chat.example.com/x", "https://chat.example.com"),
            ("ws://msg-frontier.feishu.cn/x", Self.home), (lark, Self.home),
            ("wss://feishu.cn.example.com/x", Self.home),
            ("wss://evilfeishu.cn/x", Self.home), ("wss://10.0.0.1/x", Self.home),
            ("https://open.feishu.cn/x", Self.home),
            ("wss://user@msg-frontier.feishu.cn/x", Self.home),
            ("wss://msg-frontier.feishu.cn@example.com/x", Self.home),
            ("wss://other.com/x", "https://example.com"), ("wss://2.0.0.1/x", "https://1.0.0.1"), ("", Self.home),
        ] {
            #expect(throws: VendorFault.self, "\(url)") { try address(named(url), of: api) }
        }
    }

    @Test func `what the vendor says instead says what to do`() throws {
        func kind(_ code: Int64?, status: Int = 200) -> VendorFault.Kind? {
            let json: JSON = code.map { ["code": .int($0), "msg": "no"] } ?? ["msg": "no"]
            do throws(any Error) { _ = try address(json, status: status) } catch {
                return (error as? VendorFault)?.kind
            }
            return nil
        }
        #expect(kind(514) == .refused && kind(403) == .refused && kind(1_000_040_344) == .refused)
        #expect(kind(1) == .again && kind(1_000_040_343) == .again && kind(7, status: 502) == .again)
        #expect(kind(1_000_040_350) == .rest(60) && kind(nil, status: 429) == .rest(nil))
        #expect(kind(nil) == .again && kind(nil, status: 404) == .refused)
    }

    // MARK: what is told

    private func told(_ document: JSON, _ id: String = "m-1") -> StreamMessage {
        .binary(
            FeishuFrame(
                sequence: 1, log: 2, service: 3, method: 1,
                headers: Self.headers([
                    "type": "event", "message_id": id, "sum": "1", "seq": "0", "trace_id": "t",
                ]), payload: document.bytes, newLog: "l"
            ).bytes)
    }

    private func call(_ document: JSON) throws -> StreamCall? {
        var stream = stream
        guard case .call(let call)? = try stream.receive(told(document), at: Self.start).first else { return nil }
        return call
    }

    @Test func `a click is the one that Feishu would call with, and is acknowledged in its own frame`() throws {
        let forged = Forged(now: Date(timeIntervalSince1970: 1_800_000_000))
        let document = forged.document("ann", "approve", "ref.0", "e1", "Fine")
        let call = try #require(try call(document))
        let click = try #require(call.click)
        guard case .click(let called) = try FeishuCallback.event(document, settings) else {
            return #expect(Bool(false))
        }
        #expect(click == called && click.event == "e1", "so that it counts once, whichever way it comes")
        guard case .binary(let bytes) = stream.answer(call, with: .json(["toast": 1]), after: .milliseconds(12)) else {
            return #expect(Bool(false))
        }
        let answer = try FeishuFrame(bytes)
        #expect(answer.sequence == 1 && answer.log == 2 && answer.service == 3 && answer.newLog == "l")
        #expect(answer["message_id"] == "m-1" && answer["trace_id"] == "t" && answer["biz_rt"] == "12")
        let said = try JSONParser.parse(answer.payload ?? [])
        #expect(said["code"] == 200 && said["data"]?.text == Base64.encode(Array(#"{"toast":1}"#.utf8)))
    }

    @Test func `what is another app's or company's is a call without a click`() throws {
        var foreign: [Forged] = []
        for change in 0..<3 {
            var forged = Forged(now: Date())
            if change == 0 { forged.app = "cli_other" }
            if change == 1 { forged.company = "other" }
            if change == 2 { forged.userTeam = "other" }
            foreign.append(forged)
        }
        let documents = foreign.map { $0.document("ann", "approve", "ref.0", "e", "") }
        for document in documents + [[:], ["type": "url_verification", "challenge": "c"], "text"] {
            let call = try #require(try call(document))
            #expect(call.click == nil)
            guard case .binary(let bytes) = stream.answer(call, with: .empty, after: .zero) else { continue }
            #expect(try JSONParser.parse(try #require(FeishuFrame(bytes).payload)) == ["code": 200])
        }
        // It comes in no other way.
        let vendor = Feishu(settings: settings, isLark: false, secrets: ChannelSecrets([.appSecret: Secret("s")]))
        let callback = Forged(now: Date()).feishu("ann", "approve", "ref.0", "e", "")
        #expect(throws: CallbackRefusal.unsigned) { try vendor.read(callback, at: Date()) }
    }

    @Test func `we say that we are there as the vendor's clients do, and as often as it says`() throws {
        var stream = stream
        guard case .binary(let bytes)? = stream.sign else { return #expect(Bool(false)) }
        #expect(Hex.encode(bytes) == Self.vectors[1].hex)
        func pong(_ payload: String) throws -> [StreamStep] {
            let frame = FeishuFrame(
                service: 3, method: 0, headers: Self.headers(["type": "pong"]), payload: Array(payload.utf8))
            return try stream.receive(.binary(frame.bytes), at: Self.start)
        }
        #expect(try pong(#"{"PingInterval":90}"#) == [.pace(.seconds(90))])
        #expect(try pong(#"{"PingInterval":0}"#) == [.pace(.seconds(10))])
        #expect(try pong(#"{"PingInterval":9000000000000000}"#) == [.pace(.seconds(600))])
        #expect(try pong("") == [] && pong(#"{"PingInterval":"x"}"#) == [])
        #expect(throws: StreamFault.self) { try stream.receive(.text("{}"), at: Self.start) }
        #expect(throws: StreamFault.self) { try stream.receive(.binary([0xFF]), at: Self.start) }
    }
}
