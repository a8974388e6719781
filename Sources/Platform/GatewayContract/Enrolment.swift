package import Kernel

/// A worker that holds a one-time token asks what it has to sign.
package struct EnrolmentChallengeRequest: WireValue, Equatable {
    package let token: PassedSecret

    package init(token: PassedSecret) {
        self.token = token
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("token", \.token)
    }
}

/// What the worker signs, together with its token, to prove that it holds its key.
package struct EnrolmentChallenge: WireValue, Equatable {
    package let challenge: Bytes

    package init(challenge: Bytes) {
        self.challenge = challenge
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("challenge", \.challenge, Bytes.schema(16...64))
    }
}

/// A worker asks to be one.
package struct EnrolRequest: WireValue, Equatable {
    package let token: PassedSecret
    package let signingKey: Bytes
    package let sealingKey: Bytes
    package let signature: Bytes
    package let name: String
    package let sshEndpoint: String
    package let webEndpoint: String
    package let version: String

    package init(
        token: PassedSecret, signingKey: Bytes, sealingKey: Bytes, signature: Bytes, name: String,
        sshEndpoint: String, webEndpoint: String, version: String
    ) {
        self.token = token
        self.signingKey = signingKey
        self.sealingKey = sealingKey
        self.signature = signature
        self.name = name
        self.sshEndpoint = sshEndpoint
        self.webEndpoint = webEndpoint
        self.version = version
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("token", \.token)
        Field("signingKey", \.signingKey, Bytes.schema(32...32), note: "Ed25519 public key.")
        Field("sealingKey", \.sealingKey, Bytes.schema(32...32), note: "X25519 public key.")
        Field("signature", \.signature, Bytes.schema(64...64), note: "Ed25519 over the enrolment text.")
        Field("name", \.name, .text(1...63))
        Field("sshEndpoint", \.sshEndpoint, .text(0...255))
        Field("webEndpoint", \.webEndpoint, .text(0...255))
        Field("version", \.version, .text(1...64))
    }
}

/// The worker's identity, and the key by which it knows what the server signed.
package struct Enrolled: WireValue, Equatable {
    package let worker: WorkerID
    package let serverKey: Bytes

    package init(worker: WorkerID, serverKey: Bytes) {
        self.worker = worker
        self.serverKey = serverKey
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("worker", \.worker)
        Field("serverKey", \.serverKey, Bytes.schema(32...32), note: "Ed25519 public key that signs session grants.")
    }
}
