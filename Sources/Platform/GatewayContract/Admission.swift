package import Kernel

/// What a person speaks to a gateway.
package enum GatewayProtocol: String, CaseIterable, WireValue {
    case ssh
}

/// A worker relays what a person says about themself.
package struct AdmissionRequest: WireValue, Equatable {
    package let tenant: String
    package let login: String
    package let `protocol`: GatewayProtocol
    package let clientAddress: String
    package let connection: String
    package let proof: AdmissionProof
    package let admission: AdmissionID?

    package init(
        tenant: String, login: String, protocol: GatewayProtocol, clientAddress: String, connection: String,
        proof: AdmissionProof, admission: AdmissionID? = nil
    ) {
        self.tenant = tenant
        self.login = login
        self.protocol = `protocol`
        self.clientAddress = clientAddress
        self.connection = connection
        self.proof = proof
        self.admission = admission
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("tenant", \.tenant, .text(0...40), note: "The slug in the login name; empty if there was none.")
        Field("login", \.login, .text(0...255))
        Field("protocol", \.protocol)
        Field("clientAddress", \.clientAddress, .text(1...64))
        Field(
            "connection", \.connection, .text(1...64),
            note: "Names the connection; an admission is good for this one only.")
        Field("proof", \.proof)
        Field("admission", \.admission, note: "The admission that this continues.")
    }
}

/// What a person offers as proof.
package enum AdmissionProof: WireValue, Equatable {
    case none(NoProof)
    case publicKey(PublicKeyProof)
    case answers(AnswersProof)
    case terminalToken(TerminalTokenProof)
    /// Nothing new: the person waits for the word of somebody else, and their worker asks what has become of it.
    case waiting(WaitingProof)
    /// Nothing any more: the person has gone, who waited for the word of somebody else.
    case gone(GoneProof)

    package static let schema: Schema<Self> = .union(
        "kind",
        Variant("none", Self.none, { if case .none(let value) = $0 { value } else { nil } }),
        Variant("public-key", Self.publicKey, { if case .publicKey(let value) = $0 { value } else { nil } }),
        Variant("answers", Self.answers, { if case .answers(let value) = $0 { value } else { nil } }),
        Variant(
            "terminal-token", Self.terminalToken, { if case .terminalToken(let value) = $0 { value } else { nil } }),
        Variant("waiting", Self.waiting, { if case .waiting(let value) = $0 { value } else { nil } }),
        Variant("gone", Self.gone, { if case .gone(let value) = $0 { value } else { nil } })
    )
}

/// Nothing yet: the person asks which ways there are.
package struct NoProof: WireValue, Equatable {

    package init() {}

    package static let schema: Schema<Self> = .record(Self.init) {}
}

/// Nothing new. It is answered at once: a challenge without prompts says that the person waits on.
package struct WaitingProof: WireValue, Equatable {

    package init() {}

    package static let schema: Schema<Self> = .record(Self.init) {}
}

/// Nothing any more.
package struct GoneProof: WireValue, Equatable {

    package init() {}

    package static let schema: Schema<Self> = .record(Self.init) {}
}

/// The worker saw a valid signature by this key over its SSH session (RFC 4252 §7). libssh hands out neither the
/// signature nor what it covers, so the server takes the worker's word for it, as it does for what is typed.
package struct PublicKeyProof: WireValue, Equatable {
    package let algorithm: String
    package let publicKey: Bytes

    package init(algorithm: String, publicKey: Bytes) {
        self.algorithm = algorithm
        self.publicKey = publicKey
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("algorithm", \.algorithm, .text(1...64))
        Field("publicKey", \.publicKey, Bytes.schema(1...16_384), note: "The blob of RFC 4253 §6.6.")
    }
}

/// Answers to the prompts of the challenge before, in their order.
package struct AnswersProof: WireValue, Equatable {
    package let answers: [PassedSecret]

    package init(answers: [PassedSecret]) {
        self.answers = answers
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("answers", \.answers, .array(of: PassedSecret.schema, 0...8))
    }
}

/// The one-time token of a web terminal, and where the browser says it comes from.
package struct TerminalTokenProof: WireValue, Equatable {
    package let token: PassedSecret
    package let origin: String

    package init(token: PassedSecret, origin: String) {
        self.token = token
        self.origin = origin
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("token", \.token)
        Field("origin", \.origin, .text(1...255))
    }
}
