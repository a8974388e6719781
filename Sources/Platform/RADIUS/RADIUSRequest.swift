import Cryptography

/// What a server is asked: the same bytes however often they are sent, since a server that has seen them before sends
/// its answer again instead of asking its own back end twice (RFC 5080 §2.2.2).
package struct RADIUSRequest: Sendable {
    /// How a password is shown to the server.
    package enum Proof: Sendable {
        case pap([UInt8])
        /// The server must have the password itself.
        case chap([UInt8])
        /// The server must have its hash, and shows that it does.
        case mschap(String)
        /// Has the server begin, by an empty password.
        case nothing
        /// The answer to its question. It goes as a password does (RFC 2865 §2.1), whatever came before.
        case answer([UInt8], state: [UInt8]?)
    }

    let secret: RADIUSSecret
    let packet: RADIUSPacket
    /// What an answer of yes has to say, if the server is to prove something by it.
    let success: [UInt8]?

    /// Nil if the name or the password is nothing that the protocol has room for.
    package init?(
        login: String, _ proof: Proof, nasIdentifier: String, callingStation: String?, secret: RADIUSSecret,
        random: (Int) -> [UInt8] = SecureRandom.bytes
    ) {
        let authenticator = random(16)
        let id = random(1)[0]
        let name = Array(login.utf8)
        guard 1...RADIUSAttribute.mostBytes ~= name.count else { return nil }
        var attributes = [RADIUSAttribute(RADIUSAttribute.userName, name)]
        var success: [UInt8]?
        switch proof {
        case .pap(let password):
            guard let hidden = secret.hidden(password, authenticator) else { return nil }
            attributes.append(RADIUSAttribute(RADIUSAttribute.userPassword, hidden))
        case .nothing:
            attributes.append(RADIUSAttribute(RADIUSAttribute.userPassword, secret.hiddenNothing(authenticator)))
        case .chap(let password):
            guard 1...128 ~= password.count else { return nil }
            let challenge = random(16)
            attributes.append(
                RADIUSAttribute(RADIUSAttribute.chapPassword, RADIUSSecret.chap(random(1)[0], password, challenge)))
            attributes.append(RADIUSAttribute(RADIUSAttribute.chapChallenge, challenge))
        case .mschap(let password):
            let (challenge, peer, number) = (random(16), random(16), random(1)[0])
            guard let mschap = MSCHAP(name: login, password: password, challenge: challenge, peer: peer) else {
                return nil
            }
            attributes.append(.microsoft(RADIUSAttribute.microsoftChallenge, challenge))
            attributes.append(
                .microsoft(
                    RADIUSAttribute.microsoftResponse,
                    [number, 0] + peer + [UInt8](repeating: 0, count: 8) + mschap.response))
            success = [number] + Array(mschap.success.utf8)
        case .answer(let answer, let state):
            guard let hidden = secret.hidden(answer, authenticator) else { return nil }
            attributes.append(RADIUSAttribute(RADIUSAttribute.userPassword, hidden))
            if let state { attributes.append(RADIUSAttribute(RADIUSAttribute.state, state)) }
        }
        attributes.append(RADIUSAttribute(RADIUSAttribute.nasIdentifier, Self.cut(nasIdentifier)))
        if let callingStation, !callingStation.isEmpty {
            attributes.append(RADIUSAttribute(RADIUSAttribute.callingStation, Self.cut(callingStation)))
        }
        self.init(.accessRequest, id, authenticator, attributes, secret, success: success)
    }

    /// Asks whether the server is there, and about nobody (RFC 5997).
    package init(
        statusFor nasIdentifier: String, secret: RADIUSSecret, random: (Int) -> [UInt8] = SecureRandom.bytes
    ) {
        self.init(
            .statusServer, random(1)[0], random(16),
            [RADIUSAttribute(RADIUSAttribute.nasIdentifier, Self.cut(nasIdentifier))], secret)
    }

    /// Signs, with the Message-Authenticator in front: what comes before it could be used to find a collision
    /// (CVE-2024-3596).
    init(
        _ code: RADIUSPacket.Code, _ id: UInt8, _ authenticator: [UInt8], _ attributes: [RADIUSAttribute],
        _ secret: RADIUSSecret, success: [UInt8]? = nil
    ) {
        func packet(_ signature: [UInt8]) -> RADIUSPacket {
            RADIUSPacket(
                code: code, id: id, authenticator: authenticator,
                attributes: [RADIUSAttribute(RADIUSAttribute.messageAuthenticator, signature)] + attributes)
        }
        self.secret = secret
        self.success = success
        self.packet = packet(secret.messageAuthenticator(of: packet([UInt8](repeating: 0, count: 16))))
    }

    /// Never inside of a character, which could be taken for another one.
    private static func cut(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            let more = Array(String(scalar).utf8)
            guard bytes.count + more.count <= RADIUSAttribute.mostBytes else { break }
            bytes += more
        }
        return bytes
    }
}
