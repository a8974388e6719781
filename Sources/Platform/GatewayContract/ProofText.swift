package import Kernel

/// The texts that a worker signs to prove that it holds its keys. Each begins with a line of its own, so that a
/// signature made for one purpose is worth nothing for another.
package enum ProofText {
    /// What enrolment signs: the token, the server's challenge and both keys, so that none of them can be exchanged.
    package static func enrolment(
        token: PassedSecret, challenge: Bytes, signingKey: Bytes, sealingKey: Bytes
    ) -> [UInt8] {
        lines(
            "gatehouse-enrol", token.reveal(), challenge.base64URL, signingKey.base64URL, sealingKey.base64URL)
    }

    /// What a change of keys signs, by the old key and by the new one.
    package static func rotation(of worker: WorkerID, signingKey: Bytes, sealingKey: Bytes) -> [UInt8] {
        lines("gatehouse-rotate", worker.text, signingKey.base64URL, sealingKey.base64URL)
    }

    /// What the installation signs of a session grant.
    static func grant(_ bytes: [UInt8]) -> [UInt8] {
        Array("gatehouse-grant\n".utf8) + bytes
    }

    private static func lines(_ lines: String...) -> [UInt8] {
        Array(lines.joined(separator: "\n").utf8)
    }
}
