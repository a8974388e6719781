import Testing

@testable import RADIUS

/// One request and what may come back, without a network.
@Suite struct RADIUSExchangeTests {
    private static let secret = RADIUSPacketTests.secret
    private static let request = RADIUSRequest(
        .accessRequest, 7, RADIUSPacketTests.authenticator, RADIUSPacketTests.attributes, secret)

    private func exchange(_ limit: Duration = .seconds(5)) -> RADIUSExchange {
        RADIUSExchange(Self.request, limit: limit)
    }

    /// An answer as an honest server signs it; the arguments are how it may be wrong.
    private static func answer(
        _ code: RADIUSPacket.Code = .accessAccept, id: UInt8 = 7, with attributes: [RADIUSAttribute] = [],
        signature: Int? = 0, secret: RADIUSSecret = secret, signing: RADIUSSecret? = nil
    ) -> [UInt8] {
        let asked = RADIUSPacketTests.authenticator
        func packet(_ mark: [UInt8], _ authenticator: [UInt8]) -> RADIUSPacket {
            var all = attributes
            if let signature { all.insert(RADIUSAttribute(80, mark), at: signature) }
            return RADIUSPacket(code: code, id: id, authenticator: authenticator, attributes: all)
        }
        let blank = packet([UInt8](repeating: 0, count: 16), asked)
        let mark = (signing ?? secret).messageAuthenticator(of: blank, answering: asked)
        let marked = packet(mark, asked)
        return packet(mark, secret.responseAuthenticator(of: marked, answering: asked)).bytes
    }

    @Test func `an accept is as our own vector has it`() {
        let attributes = [
            RADIUSAttribute(6, [0, 0, 0, 1]), RADIUSAttribute(15, [0, 0, 0, 0]), RADIUSAttribute(14, [192, 168, 1, 3]),
        ]
        let bytes = Self.answer(id: 0, with: attributes)
        #expect(Array(bytes[4..<20]) == RADIUSPacketTests.bytes("c13e8f5e21426df8a8fffcc5569ce9fc"))
        #expect(Array(bytes[22..<38]) == RADIUSPacketTests.bytes("04121386280130d5ef8ed8072ba8058d"))
    }

    @Test func `each answer is what it says`() {
        var exchange = exchange()
        let words = [RADIUSAttribute(11, Array("ops".utf8))]
        guard case .answered(.accepted(let accepted)) = exchange.receive(Self.answer(with: words)) else {
            return #expect(Bool(false), "an accept")
        }
        #expect(accepted.texts(11) == ["ops"])
        guard case .answered(.rejected) = exchange.receive(Self.answer(.accessReject)) else {
            return #expect(Bool(false), "a reject")
        }
        let question = Self.answer(.accessChallenge, with: [RADIUSAttribute(24, [1, 2]), RADIUSAttribute(18, [0x3F])])
        guard case .answered(.asked(let asked, state: let state)) = exchange.receive(question) else {
            return #expect(Bool(false), "a question")
        }
        #expect(state == [1, 2] && asked.message == "?")
        guard case .answered = exchange.receive(Self.answer(with: words, signature: 1)) else {
            return #expect(Bool(false), "a signature behind other attributes counts")
        }
    }

    @Test func `what cannot be believed is dropped, and the answer still waited for`() {
        let other = RADIUSSecret("another")!
        // What a collision of MD5 makes of a reject (BlastRADIUS): the authenticator is right, and the signature is missing.
        let blast = Self.answer(
            with: (0..<3).map { RADIUSAttribute(33, [UInt8](repeating: $0, count: 200)) }, signature: nil)
        let longer = [RADIUSAttribute](repeating: RADIUSAttribute(25, [UInt8](repeating: 1, count: 253)), count: 16)
        let cases: [(String, [UInt8], RADIUSFault)] = [
            ("nothing", [], .malformed), ("cut", Array(Self.answer().dropLast()), .malformed),
            ("another number", Self.answer(id: 8), .otherRequest),
            ("no signature", Self.answer(signature: nil), .noMessageAuthenticator),
            ("BlastRADIUS", blast, .noMessageAuthenticator),
            ("a false signature", Self.answer(signing: other), .wrongMessageAuthenticator),
            (
                "two signatures", Self.answer(with: [RADIUSAttribute(80, [UInt8](repeating: 0, count: 16))]),
                .wrongMessageAuthenticator
            ),
            (
                "a short signature", Self.answer(with: [RADIUSAttribute(80, [1])], signature: nil),
                .wrongMessageAuthenticator
            ),
            ("another secret", Self.answer(secret: other), .wrongAuthenticator),
            ("a request", Self.answer(.accessRequest), .unexpected),
            (
                "two states",
                Self.answer(.accessChallenge, with: [RADIUSAttribute(24, [1]), RADIUSAttribute(24, [2])]),
                .malformed
            ),
            ("too long", Self.answer(with: longer), .malformed),
        ]
        for (name, bytes, fault) in cases {
            var exchange = exchange(.milliseconds(700))
            _ = exchange.begin()
            #expect(exchange.receive(bytes) == .wait, "\(name)")
            var patient = exchange
            #expect(exchange.wakeUp() == .failed(.unbelievable(fault)), "\(name)")
            guard case .answered(.accepted) = patient.receive(Self.answer()) else {
                return #expect(Bool(false), "the answer after \(name)")
            }
        }
    }

    @Test func `every bit of an answer counts`() {
        let honest = Self.answer(with: [RADIUSAttribute(25, Array("staff".utf8))])
        for place in honest.indices {
            for bit in 0..<8 {
                var bytes = honest
                bytes[place] ^= 1 << bit
                var exchange = exchange()
                #expect(exchange.receive(bytes) == .wait, "byte \(place), bit \(bit)")
            }
        }
    }

    @Test func `a request is repeated byte for byte with longer pauses, until its time is over`() {
        var exchange = exchange(.seconds(5))
        var sent: [[UInt8]] = []
        var pauses: [Duration] = []
        for step in [exchange.begin(), exchange.wakeUp(), exchange.wakeUp(), exchange.wakeUp()] {
            guard case .send(let bytes, let pause) = step else { return #expect(Bool(false), "\(step)") }
            sent.append(bytes)
            pauses.append(pause)
        }
        #expect(pauses == [.milliseconds(700), .milliseconds(1400), .milliseconds(2800), .milliseconds(100)])
        #expect(Set(sent).count == 1)
        #expect(exchange.wakeUp() == .failed(.timedOut))
    }

    @Test func `a server that sends nothing but nonsense is given up`() {
        var exchange = exchange()
        for _ in 1..<RADIUSExchange.mostFaults { #expect(exchange.receive([1]) == .wait) }
        #expect(exchange.receive([1]) == .failed(.unbelievable(.malformed)))
    }

    @Test func `the answer to a status request needs no signature, and answers nothing else`() {
        let request = RADIUSRequest(.statusServer, 7, RADIUSPacketTests.authenticator, [], Self.secret)
        var status = RADIUSExchange(request, limit: .seconds(1))
        guard case .answered(.accepted) = status.receive(Self.answer(signature: nil)) else {
            return #expect(Bool(false), "it is there")
        }
        #expect(status.receive(Self.answer(.accessReject)) == .wait)
        #expect(status.receive(Self.answer(secret: RADIUSSecret("another")!)) == .wait)
    }

    /// The same bytes at every run: a seed, a generator of its own, and honest answers to change.
    @Test func `no bytes are believed that the secret did not sign, and none end the program`() {
        var random = Xorshift(seed: 0x6A7E_4005_0001)
        let honest = [
            Self.answer(with: [RADIUSAttribute(11, Array("ops".utf8)), RADIUSAttribute(25, [1, 2, 3])]),
            Self.answer(.accessChallenge, with: [RADIUSAttribute(24, [1]), RADIUSAttribute(18, Array("Code?".utf8))]),
            Self.answer(.accessReject),
        ]
        var believed = 0
        for round in 0..<60_000 {
            var bytes = honest[round % honest.count]
            let original = bytes
            for _ in 0...Int(random.next() % 4) {
                switch random.next() % 5 {
                case 0 where !bytes.isEmpty:
                    bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
                case 1 where !bytes.isEmpty: bytes.removeLast(Int(random.next() % UInt64(bytes.count)) + 1)
                case 2: bytes += (0..<Int(random.next() % 300)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
                case 3 where bytes.count > 3: bytes[3] = UInt8(truncatingIfNeeded: random.next())
                default:
                    bytes.insert(
                        UInt8(truncatingIfNeeded: random.next()),
                        at: bytes.isEmpty ? 0 : Int(random.next() % UInt64(bytes.count)))
                }
            }
            var exchange = exchange()
            if case .answered = exchange.receive(bytes) {
                believed += 1
                #expect(bytes.starts(with: original), "what was believed is what was signed, with padding behind it")
            }
            // The codec alone: what it reads it writes again.
            if let packet = try? RADIUSPacket(bytes) { #expect(bytes.starts(with: packet.bytes)) }
        }
        // Padding alone changes nothing, and some rounds do only that: otherwise nothing would have been tried.
        #expect(believed > 0)
    }
}

/// A generator whose numbers are the same at every run.
private struct Xorshift: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
