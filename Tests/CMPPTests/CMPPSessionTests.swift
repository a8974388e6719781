import Crypto
import Kernel
import Outbound
import Testing

@testable import CMPP

/// One connection and what may come over it, without a network.
@Suite struct CMPPSessionTests {
    private static let place = try! HostPort(parsing: "127.0.0.1:7890")
    private static let account = CMPPAccount(
        place: place, source: "901234", secret: Secret("1234"), number: "10690001", service: "SVC")!
    private static let time = CMPPTime(text: "0513120000")

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func message(_ text: String = "code 123456", to number: String = "+8613800000000") -> CMPPMessage {
        CMPPMessage(text, to: number, reference: 7)!
    }

    private static func answer(_ command: CMPPCommand, _ sequence: UInt32, _ body: [UInt8]) -> [UInt8] {
        CMPPFrame(command, sequence, body).bytes
    }

    private static func connected(status: UInt8 = 0, secret: String? = nil) -> [UInt8] {
        let knowing = CMPPAccount(
            place: place, source: "901234", secret: Secret(secret ?? "1234"), number: "1", service: "S")!
        let asked = account.authenticator(at: time)
        return answer(.connectAnswer, 1, [status] + knowing.answer(to: asked, status: status) + [0x20])
    }

    private static func open() -> CMPPSession {
        var session = CMPPSession(account, at: time)
        _ = session.begin(now: .zero)
        #expect(session.receive(connected(), now: .zero) == [.opened])
        return session
    }

    @Test func `it connects as our own vector has it`() {
        var session = CMPPSession(Self.account, at: Self.time)
        guard case .send(let bytes)? = session.begin(now: .zero).first else { return #expect(Bool(false)) }
        #expect(
            Self.hex(bytes)
                == "000000270000000100000001393031323334fcf1f7fb7871fdb8d717a47da3cc0c72201e959700")
        let asked = Self.account.authenticator(at: Self.time)
        #expect(Self.hex(Self.account.answer(to: asked, status: 0)) == "4638828357c4a7aa5d2c8986923108d7")
    }

    @Test func `a message is as our own vector has it`() {
        let message = CMPPMessage("验证码123456", to: "13800000000", reference: 1)!
        let frame = CMPPFrame(.submit, 2, message.body(of: 0, from: Self.account))
        #expect(frame.bytes.count == 177)
        #expect(
            Self.hex(SHA256.hash(data: frame.bytes))
                == "0f5e72e687aeb97b115d2b9948392458ca449ec66c4c5b1f7662781c4a2236f4")
    }

    @Test func `the time is that of the operators`() {
        // 2026-02-28 16:00:00 UTC is the first of March there, 2024 has a day between, and years end eight hours early.
        for (seconds, text) in [
            (1_772_294_400, "0301000000"), (1_709_136_000, "0229000000"), (1_798_732_799, "1231235959"),
            (1_798_732_800, "0101000000"), (0, "0101080000"),
        ] { #expect(CMPPTime(secondsSince1970: seconds).text == text) }
    }

    @Test func `nothing is sent before the gateway has shown that it knows the secret`() {
        for (answer, error) in [
            (Self.connected(status: 3), CMPPError.notAdmitted(.secret)),
            (Self.connected(status: 77), .notAdmitted(.other)),
            (Self.connected(secret: "12345"), .notTheGateway),
            (Self.answer(.connectAnswer, 1, [0]), .unreadable(.body)),
            (Self.answer(.submitAnswer, 1, [UInt8](repeating: 0, count: 9)), .unreadable(.unexpected(0x8000_0004))),
            ([0, 0, 0, 11] + [UInt8](repeating: 0, count: 8), .unreadable(.length(11))),
            ([0x48, 0x54, 0x54, 0x50] + [UInt8](repeating: 0, count: 8), .unreadable(.length(0x4854_5450))),
        ] {
            var session = CMPPSession(Self.account, at: Self.time)
            _ = session.begin(now: .zero)
            #expect(session.submit(Self.message(), ticket: 1, now: .zero).isEmpty)
            #expect(session.receive(answer, now: .zero) == [.failed(1, error), .close(error)])
            #expect(session.submit(Self.message(), ticket: 2, now: .zero) == [.failed(2, .notThere)])
        }
    }

    @Test func `a text is taken when all its parts are, and half of one is no text`() {
        var session = Self.open()
        let long = String(repeating: "码", count: 150)
        #expect(session.submit(Self.message(long), ticket: 1, now: .zero).count == 3)
        func taken(_ sequence: UInt32, _ result: UInt8 = 0) -> [UInt8] {
            Self.answer(.submitAnswer, sequence, CMPPBytes.of(UInt64(sequence)) + [result])
        }
        #expect(session.receive(taken(3), now: .zero).isEmpty)
        // An answer to nothing changes nothing.
        #expect(session.receive(taken(99) + taken(3), now: .zero).isEmpty)
        #expect(session.receive(taken(2), now: .zero).isEmpty)
        let ids = [3, 2, 4].map { CMPPMessageID(number: $0) }
        #expect(session.receive(taken(4), now: .zero) == [.taken(1, ids)])
        #expect(session.submit(Self.message(long), ticket: 2, now: .zero).count == 3)
        #expect(session.receive(taken(6, 8), now: .zero) == [.failed(2, .refused(.flowControl))])
        #expect(session.receive(taken(5) + taken(7), now: .zero).isEmpty)
    }

    @Test func `no more are under way than the window has, and no more are kept than there is room for`() {
        var session = Self.open()
        var sent = 0
        var refused = 0
        for ticket in 1...400 {
            for step in session.submit(Self.message(), ticket: ticket, now: .zero) {
                if case .send = step { sent += 1 } else { refused += 1 }
            }
        }
        #expect(sent == CMPPSession.window && refused == 400 - CMPPSession.window - CMPPSession.most)
        let steps = session.receive(Self.answer(.submitAnswer, 2, [UInt8](repeating: 0, count: 9)), now: .zero)
        #expect(steps.count == 2)
    }

    @Test func `what is not answered is not sent again`() {
        var session = Self.open()
        #expect(session.submit(Self.message(), ticket: 1, now: .zero).count == 1)
        #expect(session.wakeUp(now: .seconds(9)).isEmpty)
        #expect(session.wakeUp(now: .seconds(10)) == [.failed(1, .noAnswer)])
        // An answer that comes later is nobody's.
        #expect(
            session.receive(Self.answer(.submitAnswer, 2, [UInt8](repeating: 0, count: 9)), now: .seconds(11)).isEmpty)
        // Sent and cut off: nobody knows. Not sent and cut off: that is known.
        #expect(session.submit(Self.message(), ticket: 2, now: .seconds(11)).count == 1)
        #expect(session.hungUp() == [.failed(2, .noAnswer), .close(.notThere)])
        #expect(session.hungUp().isEmpty)
    }

    @Test func `a silent gateway is asked whether it is there, and an idle connection ends in order`() {
        var session = Self.open()
        guard case .send(let test)? = session.wakeUp(now: .seconds(30)).first else { return #expect(Bool(false)) }
        #expect(Self.hex(test[4..<8]) == "00000008")
        #expect(session.wakeUp(now: .seconds(39)).isEmpty)
        var other = session
        #expect(session.wakeUp(now: .seconds(40)) == [.close(.noAnswer)])
        #expect(other.receive(Self.answer(.activeTestAnswer, 2, [0]), now: .seconds(39)).isEmpty)
        #expect(other.wakeUp(now: .seconds(60)).isEmpty)
        guard case .send(let farewell)? = other.wakeUp(now: .seconds(120)).first else { return #expect(Bool(false)) }
        #expect(Self.hex(farewell[4..<8]) == "00000002")
        #expect(other.receive(Self.answer(.terminateAnswer, 3, []), now: .seconds(121)) == [.close(nil)])
        // The gateway's own questions are answered.
        var asked = Self.open()
        #expect(
            asked.receive(Self.answer(.activeTest, 9, []), now: .zero)
                == [.send(Self.answer(.activeTestAnswer, 9, [0]))])
        #expect(
            asked.receive(Self.answer(.terminate, 10, []), now: .zero)
                == [.send(Self.answer(.terminateAnswer, 10, [])), .close(.notThere)])
    }

    @Test func `a report says what became of a message, and only what can be read`() {
        func deliver(_ content: [UInt8], isReport: Bool, claimed: Int? = nil) -> [UInt8] {
            var body = [UInt8](repeating: 1, count: 8) + [UInt8](repeating: 0, count: 55)
            body += [isReport ? 1 : 0, UInt8(claimed ?? content.count)] + content + [UInt8](repeating: 0, count: 8)
            return Self.answer(.deliver, 5, body)
        }
        let answer = Self.answer(.deliverAnswer, 5, [UInt8](repeating: 1, count: 8) + [0])
        let report = CMPPBytes.of(UInt64(42)) + CMPPBytes.text("DELIVRD", 7) + [UInt8](repeating: 0, count: 45)
        var session = Self.open()
        let read = session.receive(deliver(report, isReport: true), now: .zero)
        #expect(read == [.send(answer), .report(CMPPReport(message: CMPPMessageID(number: 42), state: "DELIVRD"))])
        // What people send is not read, and is not sent again.
        #expect(session.receive(deliver(Array("STOP".utf8), isReport: false), now: .zero) == [.send(answer)])
        let hostile = CMPPBytes.of(UInt64(1)) + [0x1B, 0x5B, 0x32, 0x4A, 0x0A, 0xFF, 0x41]
        guard case .report(let odd)? = session.receive(deliver(hostile, isReport: true), now: .zero).last else {
            return #expect(Bool(false))
        }
        #expect(odd.state == "?[2J??A" && !odd.isDelivered)
        for (content, claimed) in [([UInt8](repeating: 0, count: 14), nil), (report, 255), (report, 0)]
            as [([UInt8], Int?)]
        {
            var other = Self.open()
            #expect(
                other.receive(deliver(content, isReport: true, claimed: claimed), now: .zero)
                    == [.close(.unreadable(.body))])
        }
    }

    @Test func `bytes come in any pieces, and no bytes break anything`() {
        let whole = Self.connected() + Self.answer(.activeTest, 9, []) + Self.answer(.activeTest, 10, [])
        for size in 1...whole.count {
            var session = CMPPSession(Self.account, at: Self.time)
            _ = session.begin(now: .zero)
            var steps: [CMPPSession.Step] = []
            for start in stride(from: 0, to: whole.count, by: size) {
                steps += session.receive(Array(whole[start..<min(start + size, whole.count)]), now: .zero)
            }
            #expect(steps.count == 3 && steps.first == .opened)
        }
        var random = SystemRandomNumberGenerator()
        let opened = Self.open()
        for _ in 0..<20_000 {
            var session = opened
            _ = session.submit(Self.message(), ticket: 1, now: .zero)
            let command =
                [1, 2, 4, 5, 8].randomElement(using: &random)! | (UInt32.random(in: 0...1, using: &random) << 31)
            let body = (0..<Int.random(in: 0...160, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let bytes = CMPPBytes.of(UInt32(12 + body.count)) + CMPPBytes.of(command) + CMPPBytes.of(UInt32(2)) + body
            // Whatever it is: what was asked is answered once at the most.
            let steps = session.receive(bytes, now: .zero) + session.hungUp()
            let ends = steps.filter { step in
                if case .taken = step { true } else if case .failed = step { true } else { false }
            }
            #expect(ends.count == 1)
        }
    }

    @Test func `a text is cut where it may be, and what does not fit is none`() {
        let smiles = String(repeating: "😀", count: 40)
        let message = Self.message(smiles)
        #expect(message.parts.count == 2 && message.parts.allSatisfy { $0.content.count <= 140 && $0.hasHeader })
        let units = message.parts.flatMap { part in
            stride(from: 6, to: part.content.count, by: 2).map {
                UInt16(part.content[$0]) << 8 | UInt16(part.content[$0 + 1])
            }
        }
        #expect(String(decoding: units, as: UTF16.self) == smiles)
        #expect(message.parts[0].content.count == 6 + 66 * 2)
        #expect(Self.message("plain").parts.map(\.format) == [0])
        #expect(Self.message("验证码").parts.map(\.format) == [8])
        #expect(CMPPMessage(String(repeating: "码", count: 67 * 4 + 1), to: "13800000000", reference: 0) == nil)
        for number in ["", "1380000000a", "+", "138 0000 0000", String(repeating: "1", count: 22), "1234"] {
            #expect(CMPPMessage("x", to: number, reference: 0) == nil)
        }
        #expect(Self.message(to: "+447700900123").number == "447700900123")
        for (source, number, service) in [
            ("9012345", "1", "S"), ("", "1", "S"), ("901234", "1a", "S"), ("901234", "1", ""), ("90 234", "1", "S"),
        ] {
            #expect(
                CMPPAccount(place: Self.place, source: source, secret: Secret("s"), number: number, service: service)
                    == nil)
        }
    }
}
