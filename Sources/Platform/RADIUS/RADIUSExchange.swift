import Cryptography

/// One request to one server, from the first datagram to the answer. A value without socket and clock.
struct RADIUSExchange: Sendable {
    enum Step: Sendable, Equatable {
        /// Sends the request, and wakes up again after a while.
        case send([UInt8], then: Duration)
        /// Goes on waiting.
        case wait
        case answered(RADIUSAnswer)
        case failed(RADIUSError)
    }

    /// The first repetition; each one after it waits twice as long (RFC 5080 §2.2.1).
    static let firstPause = Duration.milliseconds(700)
    /// So many datagrams that cannot be believed are not a network's accident.
    static let mostFaults = 64

    private let request: RADIUSRequest
    let limit: Duration
    private var elapsed = Duration.zero
    private var pause = Self.firstPause
    private var slept = Duration.zero
    private var faults = 0
    private var lastFault: RADIUSFault?

    init(_ request: RADIUSRequest, limit: Duration) {
        self.request = request
        self.limit = limit
    }

    mutating func begin() -> Step { send() }

    /// The time of the last `send` has passed.
    mutating func wakeUp() -> Step {
        elapsed += slept
        pause *= 2
        guard elapsed < limit else { return .failed(lastFault.map(RADIUSError.unbelievable) ?? .timedOut) }
        return send()
    }

    mutating func receive(_ datagram: [UInt8]) -> Step {
        do {
            return .answered(try answer(in: datagram))
        } catch {
            faults += 1
            lastFault = error
            return faults < Self.mostFaults ? .wait : .failed(.unbelievable(error))
        }
    }

    private mutating func send() -> Step {
        slept = min(pause, limit - elapsed)
        return .send(request.packet.bytes, then: slept)
    }

    private func answer(in datagram: [UInt8]) throws(RADIUSFault) -> RADIUSAnswer {
        guard let packet = try? RADIUSPacket(datagram) else { throw .malformed }
        guard packet.id == request.packet.id else { throw .otherRequest }
        let asked = request.packet.authenticator
        guard
            ConstantTime.equals(
                packet.authenticator, request.secret.responseAuthenticator(of: packet, answering: asked))
        else { throw .wrongAuthenticator }
        try checkSignature(of: packet, answering: asked)
        let words = RADIUSWords(packet.attributes)
        if packet.code == .accessAccept { try checkProof(in: packet) }
        switch (request.packet.code, packet.code) {
        case (.accessRequest, .accessAccept), (.statusServer, .accessAccept): return .accepted(words)
        case (.accessRequest, .accessReject): return .rejected(words)
        case (.accessRequest, .accessChallenge):
            let states = packet.attributes.filter { $0.type == RADIUSAttribute.state }
            guard states.count <= 1 else { throw .malformed }
            return .asked(words, state: states.first?.value)
        default: throw .unexpected
        }
    }

    /// By MS-CHAPv2 the server shows that it knows the password, too.
    private func checkProof(in packet: RADIUSPacket) throws(RADIUSFault) {
        guard let wanted = request.success else { return }
        let said = packet.attributes.flatMap { $0.microsoftValues(RADIUSAttribute.microsoftSuccess) }
        guard said.count == 1, ConstantTime.equals(Array(said[0].prefix(wanted.count)), wanted) else {
            throw .wrongProof
        }
    }

    /// The one signature that cannot be forged (CVE-2024-3596): every answer about a person must have it. Servers leave it
    /// out when they are asked for their status, and that lets nobody in.
    private func checkSignature(of packet: RADIUSPacket, answering asked: [UInt8]) throws(RADIUSFault) {
        let signatures = packet.attributes.filter { $0.type == RADIUSAttribute.messageAuthenticator }
        guard let signature = signatures.first else {
            guard request.packet.code == .statusServer else { throw .noMessageAuthenticator }
            return
        }
        guard signatures.count == 1, signature.value.count == 16,
            ConstantTime.equals(signature.value, request.secret.messageAuthenticator(of: packet, answering: asked))
        else { throw .wrongMessageAuthenticator }
    }
}
