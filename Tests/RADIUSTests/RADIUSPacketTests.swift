import Testing

@testable import RADIUS

/// The bytes of RFC 2865, RFC 3579 and RFC 5997.
@Suite struct RADIUSPacketTests {
    static let secret = RADIUSSecret("xyzzy5461")!
    static let authenticator = bytes("0f403f9473978057bd83d5cb98f4227a")
    static let attributes = [
        RADIUSAttribute(1, Array("nemo".utf8)), RADIUSAttribute(2, bytes("0dbe708d93d413ce3196e43f782a0aee")),
        RADIUSAttribute(4, [192, 168, 1, 16]), RADIUSAttribute(5, [0, 0, 0, 3]),
    ]

    static func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = Array(hexadecimal.utf8).filter { $0 != UInt8(ascii: " ") }
        return stride(from: 0, to: digits.count, by: 2).map {
            UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)!
        }
    }

    @Test func `a password is hidden as in the example of RFC 2865`() {
        let hidden = Self.secret.hidden(Array("arctangent".utf8), Self.authenticator)
        #expect(hidden == Self.bytes("0dbe708d93d413ce3196e43f782a0aee"))
        #expect(Self.secret.hidden([UInt8](repeating: 7, count: 17), Self.authenticator)?.count == 32)
        #expect(Self.secret.hidden([UInt8](repeating: 7, count: 128), Self.authenticator)?.count == 128)
        for none in [[], [UInt8](repeating: 7, count: 129), [65, 0]] {
            #expect(Self.secret.hidden(none, Self.authenticator) == nil)
        }
    }

    @Test func `a CHAP response is as in the example of RFC 2865`() {
        let value = RADIUSSecret.chap(
            0x16, Array("arctangent".utf8), Self.bytes("2aee86f08d0d55969ca5978e0d3367a2"))
        #expect(value == Self.bytes("16e97557c316185895f293ff6344077275"))
    }

    @Test func `an MS-CHAPv2 response is as in the example of RFC 2759`() throws {
        let mschap = try #require(
            MSCHAP(
                name: #"WORKGROUP\User"#, password: "clientPass",
                challenge: Self.bytes("5b5d7c7d7b3f2f3e3c2c602132262628"),
                peer: Self.bytes("21402324255e262a28295f2b3a337c7e")))
        #expect(mschap.response == Self.bytes("82309ecd8d708b5ea08faa3981cd83544233114a3d85d6df"))
        #expect(mschap.success == "S=407A5589115FD0D6209F510FE9C04566932CDA56")
        #expect(MSCHAP(name: "a", password: String(repeating: "x", count: 257), challenge: [], peer: []) == nil)
    }

    @Test func `a response is signed as in the example of RFC 2865`() {
        let packet = RADIUSPacket(
            code: .accessAccept, id: 0, authenticator: [],
            attributes: [
                RADIUSAttribute(6, [0, 0, 0, 1]), RADIUSAttribute(15, [0, 0, 0, 0]),
                RADIUSAttribute(14, [192, 168, 1, 3]),
            ])
        #expect(
            Self.secret.responseAuthenticator(of: packet, answering: Self.authenticator)
                == Self.bytes("86fe220e7624ba2a1005f6bf9b55e0b2"))
    }

    @Test func `a status request is byte for byte that of RFC 5997`() {
        let packet = RADIUSRequest(
            .statusServer, 0xDA, Self.bytes("8a54f4686fb394c52866e302185d0623"), [], Self.secret
        ).packet
        #expect(
            packet.bytes
                == Self.bytes("0cda0026 8a54f4686fb394c52866e302185d0623 5012 5a665e2e1e8411f3e243822097c84fa3"))
    }

    @Test func `the Message-Authenticator is the first attribute of a request`() throws {
        let packet = RADIUSRequest(.accessRequest, 0, Self.authenticator, Self.attributes, Self.secret).packet
        #expect(packet.bytes.count == 74)
        #expect(packet.attributes.first == RADIUSAttribute(80, Self.bytes("8f16b45f90d3494989a4f14f4421c618")))
        for proof: RADIUSRequest.Proof in [.pap([1]), .chap([1]), .answer([1], state: [9, 9])] {
            let request = try #require(
                RADIUSRequest(
                    login: "nemo", proof, nasIdentifier: "gatehouse", callingStation: "192.0.2.1",
                    secret: Self.secret))
            let sent = try RADIUSPacket(request.packet.bytes)
            #expect(sent.attributes.first?.type == 80)
            #expect(sent.attributes.first?.value == Self.secret.messageAuthenticator(of: sent))
            #expect(sent.attributes.contains(RADIUSAttribute(32, Array("gatehouse".utf8))))
            #expect(sent.attributes.contains(RADIUSAttribute(31, Array("192.0.2.1".utf8))))
        }
        let answer = try #require(
            RADIUSRequest(
                login: "nemo", .answer([1], state: [9, 9]), nasIdentifier: "g", callingStation: nil,
                secret: Self.secret))
        #expect(answer.packet.attributes.contains(RADIUSAttribute(24, [9, 9])))
    }

    @Test func `two requests share neither number's secret nor authenticator`() throws {
        let requests = try (0..<50).map { _ in
            try #require(
                RADIUSRequest(
                    login: "nemo", .pap([1]), nasIdentifier: "g", callingStation: nil, secret: Self.secret))
        }
        #expect(Set(requests.map(\.packet.authenticator)).count == 50)
    }

    @Test func `what the protocol has no room for makes no request`() {
        func request(_ login: String, _ proof: RADIUSRequest.Proof) -> RADIUSRequest? {
            RADIUSRequest(login: login, proof, nasIdentifier: "g", callingStation: nil, secret: Self.secret)
        }
        #expect(request("", .pap([1])) == nil)
        #expect(request(String(repeating: "a", count: 254), .pap([1])) == nil)
        #expect(request("a", .pap([])) == nil)
        #expect(request("a", .chap([])) == nil)
        #expect(request("a", .answer([UInt8](repeating: 1, count: 129), state: nil)) == nil)
        #expect(request("a", .pap([1])) != nil)
    }

    /// Each with what is wrong about it.
    private static let broken: [(String, RADIUSPacket.Fault)] = [
        // Shorter than a head, longer than it is, shorter than a head by its own word, longer than there may be.
        ("0200", .tooShort), (head("02000015"), .length), (head("02000013"), .length),
        (head("02001001") + zeros(4077), .length),
        // An attribute of length 0, of 1, one byte too long, cut in its head; an unknown code.
        (head("02000016") + "1900", .attributeLength), (head("02000016") + "1901", .attributeLength),
        (head("02000017") + "190400", .attributeLength), (head("02000015") + "19", .attributeLength),
        (head("05000014"), .code(5)),
    ]

    @Test func `bytes that are no packet are none`() {
        for (text, fault) in Self.broken {
            #expect(throws: fault, "\(text.prefix(60))") { try RADIUSPacket(Self.bytes(text)) }
        }
    }

    @Test func `what stands behind the length is padding`() throws {
        let packet = try RADIUSPacket(Self.bytes(head("02070018") + "19041234ffff"))
        #expect(packet.id == 7)
        #expect(packet.attributes == [RADIUSAttribute(25, [0x12, 0x34])])
        #expect(packet.bytes == Self.bytes(head("02070018") + "19041234"))
    }

    @Test func `what a server wants to be shown is one line of text, whatever it sends`() {
        func message(_ values: [UInt8]...) -> String {
            RADIUSWords(values.map { RADIUSAttribute(18, $0) }).message
        }
        #expect(message(Array("Enter\r\n\u{1B}[2J\u{202E}the\u{200B} code \t ".utf8)) == "Enter [2Jthe code")
        #expect(message(Array("One".utf8), Array("two".utf8)) == "One two")
        #expect(message([0xFF, 0x41]) == "\u{FFFD}A")
        #expect(message([UInt8](repeating: 0x78, count: 253), [UInt8](repeating: 0x78, count: 253)).count == 200)
        #expect(message() == "")
        let words = RADIUSWords([
            RADIUSAttribute(11, Array("ops".utf8)), RADIUSAttribute(11, [0xFF]), RADIUSAttribute(11, []),
            RADIUSAttribute(11, Array("a\nb".utf8)), RADIUSAttribute(25, Array("staff".utf8)),
        ])
        #expect(words.texts(11) == ["ops"])
        #expect(words.texts(25) == ["staff"])
    }
}

private func head(_ start: String) -> String { start + zeros(16) }
private func zeros(_ count: Int) -> String { String(repeating: "00", count: count) }
