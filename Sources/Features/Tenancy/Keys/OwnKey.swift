package import FoundationEssentials
package import Kernel

/// A key that a tenant keeps itself, in the transit engine of its own OpenBao: the tenant's keys are wrapped by it, and
/// stay closed when the tenant takes it away.
package struct OwnKey: WireValue, Sendable, Hashable {
    package let address: String
    package let mount: String
    package let name: String

    package init(address: String, mount: String, name: String) {
        self.address = address
        self.mount = mount
        self.name = name
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("address", \.address, Self.address)
        Field("mount", \.mount, Self.mount)
        Field("name", \.name, Self.name)
    }

    static let address = Schema<String>.string(
        10...200, pattern: #"^https?://[a-z0-9.-]+(:[0-9]{1,5})?$"#,
        "must be https:// and a host name in small letters, with a port if it is another one"
    ) { text in
        guard let scheme = ["https://", "http://"].first(where: text.hasPrefix) else { return false }
        let parts = text.dropFirst(scheme.count).split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, let host = parts.first, !host.isEmpty else { return false }
        return host.utf8.allSatisfy(isNameByte) && (parts.count == 1 || Int(parts[1]).map { 1...65535 ~= $0 } ?? false)
    }
    static let mount = Schema<String>.string(
        1...100, pattern: "^[a-z0-9._-]+(/[a-z0-9._-]+)*$", "must be the path of a transit engine, such as transit"
    ) { text in
        text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && part != "." && part != ".."
                && part.utf8.allSatisfy { isNameByte($0) || $0 == UInt8(ascii: "_") }
        }
    }
    static let name = Schema<String>.string(
        1...100, pattern: "^[A-Za-z0-9_-]+$", "must be the name of a key"
    ) { text in
        text.lowercased().utf8.allSatisfy { (isNameByte($0) || $0 == UInt8(ascii: "_")) && $0 != UInt8(ascii: ".") }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        0x61...0x7A ~= byte || 0x30...0x39 ~= byte || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
    }
}

/// The body that puts a tenant's keys under one of its own.
package struct UseOwnKeyRequest: WireValue, Sendable {
    package let key: OwnKey
    package let token: Secret

    package init(key: OwnKey, token: Secret) {
        self.key = key
        self.token = token
    }

    package static let schema: Schema<Self> = .record({
        (address: String, mount: String, name: String, token: Secret) throws(Invalid) in
        UseOwnKeyRequest(key: OwnKey(address: address, mount: mount, name: name), token: token)
    }) {
        Field("address", \.key.address, OwnKey.address, note: "Such as https://bao.example.com:8200.")
        Field("mount", \.key.mount, OwnKey.mount, note: "Where the transit engine is mounted.")
        Field("name", \.key.name, OwnKey.name, note: "The key; it may encrypt, decrypt and be read.")
        Field("token", \.token, note: "Good for encrypt/, decrypt/ and keys/ of this key, and for nothing else.")
    }
}

/// A tenant's key as its people see it.
package struct TenantKeyView: WireValue, Sendable {
    package let id: TenantKeyID
    package let version: Int
    package let wrappedBy: String
    package let createdAt: Date
    package let retiredAt: Date?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("version", \.version, .int(1...Int(Int32.max)))
        Field("wrappedBy", \.wrappedBy, .text(1...200), note: "The key at the top that opens it.")
        Field("createdAt", \.createdAt)
        Field("retiredAt", \.retiredAt)
    }
}

/// The keys of a tenant, and how far the last rotation is.
package struct TenantKeysView: WireValue, Sendable {
    package let keys: [TenantKeyView]
    package let own: OwnKey?
    package let waiting: Int

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("keys", \.keys, count: 0...1000)
        Field("own", \.own, OwnKey.schema, note: "The company's own key at the top; null for the installation's.")
        Field("waiting", \.waiting, .int(0...Int(Int32.max)), note: "Values that are still under a key before.")
    }
}
