package import Cryptography
package import FoundationEssentials
package import GatewayContract
package import Recording

/// A session grant whose signature was checked and whose secrets were opened. In memory only.
package struct OpenedGrant: Sendable {
    package let grant: SessionGrant
    /// The account's password or private key.
    package let secret: Redacted<SecretBytes>
    package let recordingKey: RecordingKey

    /// Opens a grant that was made for this worker.
    package init(_ signed: SignedGrant, identity: WorkerIdentity, now: Date) throws {
        let grant = try signed.opened(by: identity.serverKey.value, for: identity.worker, now: now)
        self.grant = grant
        secret = Redacted(
            SecretBytes(try identity.open(.secret, grant.sealedSecret, session: grant.session)))
        recordingKey = try RecordingKey(
            bytes: identity.open(.recordingKey, grant.recording.sealedKey, session: grant.session))
    }
}
