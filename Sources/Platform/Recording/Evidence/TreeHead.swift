package import Cryptography
package import Kernel

/// The state of a tenant's log at one time.
package struct TreeHead: Sendable, Equatable {
    package let tenant: TenantID
    package let size: UInt64
    package let root: Hash256
    package let time: RecordingInstant
    /// The id of the evidence key.
    package let key: String

    package init(tenant: TenantID, size: UInt64, root: Hash256, time: RecordingInstant, key: String) {
        self.tenant = tenant
        self.size = size
        self.root = root
        self.time = time
        self.key = key
    }

    package var bytes: [UInt8] { (try? CanonicalJSON.bytes(json)) ?? [] }

    package var json: JSON {
        [
            "tenant": .string(tenant.text), "size": .int(Int64(size)), "root": .string(root.text),
            "time": .string(time.text), "key": .string(key),
        ]
    }

    init?(json: JSON) {
        guard case .object(let members) = json, members.count == 5,
            let tenant = json["tenant"]?.text.flatMap(TenantID.init), case .int(let size)? = json["size"], size >= 0,
            let root = json["root"]?.text.flatMap(Hash256.init),
            let time = json["time"]?.text.flatMap(RecordingInstant.init), let key = json["key"]?.text
        else { return nil }
        self.init(tenant: tenant, size: UInt64(size), root: root, time: time, key: key)
    }
}

/// A tree head with its signature: `{"head":{…},"signature":"…"}` in canonical form.
package struct SignedTreeHead: Sendable, Equatable {
    package let head: TreeHead
    package let signature: [UInt8]

    package init(signing head: TreeHead, by signer: EvidenceSigner) throws {
        self.head = head
        signature = try signer.sign(head.bytes)
    }

    package init?(_ bytes: [UInt8]) {
        guard let json = CanonicalJSON.parse(bytes), case .object(let members) = json, members.count == 2,
            let head = json["head"].flatMap(TreeHead.init(json:)),
            let signature = json["signature"]?.text.flatMap(Base64URL.decode)
        else { return nil }
        self.head = head
        self.signature = signature
    }

    package var json: JSON { ["head": head.json, "signature": .string(Base64URL.encode(signature))] }

    package var bytes: [UInt8] { (try? CanonicalJSON.bytes(json)) ?? [] }

    package func isValid(by key: VerifyingKey) -> Bool { key.isValid(signature, for: head.bytes) }
}

/// A path in a Merkle tree: `{"hashes":[…],"index":n,"size":n}` in canonical form.
package struct InclusionProof: Sendable, Equatable {
    package let index: Int
    package let size: Int
    package let hashes: [Hash256]

    package init(index: Int, size: Int, hashes: [Hash256]) {
        self.index = index
        self.size = size
        self.hashes = hashes
    }

    package init?(_ bytes: [UInt8]) {
        guard let json = CanonicalJSON.parse(bytes) else { return nil }
        self.init(json: json)
    }

    init?(json: JSON) {
        guard case .object(let members) = json, members.count == 3, case .int(let index)? = json["index"],
            case .int(let size)? = json["size"], case .array(let elements)? = json["hashes"]
        else { return nil }
        let hashes = elements.compactMap { $0.text.flatMap(Hash256.init) }
        guard hashes.count == elements.count, 0..<max(0, size) ~= index else { return nil }
        self.init(index: Int(index), size: Int(size), hashes: hashes)
    }

    package var json: JSON {
        [
            "index": .int(Int64(index)), "size": .int(Int64(size)),
            "hashes": .array(hashes.map { .string($0.text) }),
        ]
    }

    package var bytes: [UInt8] { (try? CanonicalJSON.bytes(json)) ?? [] }

    package func holds(_ leaf: Hash256, under root: Hash256) -> Bool {
        MerkleTree.verifyInclusion(leaf, index: index, size: size, proof: hashes, root: root)
    }
}
