package import Cryptography
package import Kernel

/// What the server certifies about a recording once its trailer has arrived and its chain has been recomputed.
package struct Receipt: Sendable, Equatable {
    package let recording: RecordingID
    package let session: SessionID
    package let tenant: TenantID
    package let user: UserID
    package let asset: AssetID
    package let account: String
    package let started: RecordingInstant
    package let ended: RecordingInstant
    package let reason: String
    /// The number of event frames: the leaves under `root`.
    package let frames: UInt64
    /// The last chain value.
    package let chain: Hash256
    package let root: Hash256
    /// SHA-256 of magic and header.
    package let header: Hash256
    package let complete: Bool
    package let signedAt: RecordingInstant
    /// The id of the evidence key.
    package let key: String

    /// The receipt of a recording that was checked up to `state`.
    package init(
        of header: RecordingHeader, state: ChainState, user: UserID, asset: AssetID, account: String,
        ended: RecordingInstant, reason: String, signedAt: RecordingInstant, key: String
    ) {
        recording = header.recording
        session = header.session
        tenant = header.tenant
        self.user = user
        self.asset = asset
        self.account = account
        started = header.started
        self.ended = ended
        self.reason = reason
        frames = state.frames.size
        chain = state.chain
        root = state.root
        self.header = state.header
        complete = state.isComplete
        self.signedAt = signedAt
        self.key = key
    }

    /// The receipt as it is signed, in canonical form.
    package var bytes: [UInt8] { (try? CanonicalJSON.bytes(json)) ?? [] }

    /// Its leaf in the tenant's log.
    package var leaf: Hash256 { MerkleTree.leaf(bytes) }

    package var json: JSON {
        [
            "recording": .string(recording.text), "session": .string(session.text), "tenant": .string(tenant.text),
            "user": .string(user.text), "asset": .string(asset.text), "account": .string(account),
            "started": .string(started.text), "ended": .string(ended.text), "reason": .string(reason),
            "frames": .int(Int64(frames)), "chain": .string(chain.text), "root": .string(root.text),
            "header": .string(header.text), "complete": .bool(complete), "signedAt": .string(signedAt.text),
            "key": .string(key),
        ]
    }

    package init?(json: JSON) {
        func text(_ name: String) -> String? { json[name]?.text }
        guard case .object(let members) = json, members.count == 16,
            let recording = text("recording").flatMap(RecordingID.init),
            let session = text("session").flatMap(SessionID.init), let tenant = text("tenant").flatMap(TenantID.init),
            let user = text("user").flatMap(UserID.init), let asset = text("asset").flatMap(AssetID.init),
            let account = text("account"), let started = text("started").flatMap(RecordingInstant.init),
            let ended = text("ended").flatMap(RecordingInstant.init), let reason = text("reason"),
            case .int(let frames)? = json["frames"], frames >= 0, let chain = text("chain").flatMap(Hash256.init),
            let root = text("root").flatMap(Hash256.init), let header = text("header").flatMap(Hash256.init),
            case .bool(let complete)? = json["complete"],
            let signedAt = text("signedAt").flatMap(RecordingInstant.init), let key = text("key")
        else { return nil }
        self.recording = recording
        self.session = session
        self.tenant = tenant
        self.user = user
        self.asset = asset
        self.account = account
        self.started = started
        self.ended = ended
        self.reason = reason
        self.frames = UInt64(frames)
        self.chain = chain
        self.root = root
        self.header = header
        self.complete = complete
        self.signedAt = signedAt
        self.key = key
    }
}

/// `receipt.json`: the receipt and its signature, in canonical form to the last byte.
package struct SignedReceipt: Sendable, Equatable {
    package let receipt: Receipt
    package let signature: [UInt8]

    package init(signing receipt: Receipt, by signer: EvidenceSigner) throws {
        self.receipt = receipt
        signature = try signer.sign(receipt.bytes)
    }

    /// Reads the document; any other text than the canonical one is refused.
    package init?(_ bytes: [UInt8]) {
        guard let json = CanonicalJSON.parse(bytes) else { return nil }
        self.init(json: json)
    }

    package init?(json: JSON) {
        guard case .object(let members) = json, members.count == 2, let receipt = json["receipt"].flatMap(Receipt.init),
            let signature = json["signature"]?.text.flatMap(Base64URL.decode)
        else { return nil }
        self.receipt = receipt
        self.signature = signature
    }

    package var json: JSON { ["receipt": receipt.json, "signature": .string(Base64URL.encode(signature))] }

    package var bytes: [UInt8] { (try? CanonicalJSON.bytes(json)) ?? [] }

    package func isValid(by key: VerifyingKey) -> Bool { key.isValid(signature, for: receipt.bytes) }
}
