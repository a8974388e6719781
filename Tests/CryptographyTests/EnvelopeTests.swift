import Cryptography
import Kernel
import Testing

@Suite struct EnvelopeTests {
    private let tenant = TenantID.new()
    private let master = MasterKey.ephemeral()
    private let key: TenantKey
    private let wrapped: WrappedTenantKey
    private let secret = bytes("s3cret of the database")

    init() async throws {
        key = TenantKey(for: tenant, version: 1)
        wrapped = try #require(try await TenantKey.wrap([key], with: master).first)
    }

    private func unwrap(_ wrapped: WrappedTenantKey, with master: MasterKey? = nil) async throws -> TenantKey {
        try #require(try await TenantKey.unwrap([wrapped], with: master ?? self.master).first)
    }

    private func binding(
        tenant: TenantID? = nil, table: String = "secrets", row: String = "sec_1", version: Int = 1
    ) -> Binding {
        Binding(tenant: tenant ?? self.tenant, table: table, row: row, version: version)
    }

    @Test func `what is sealed opens with the key that was stored`() async throws {
        let sealed = try Envelope.seal(secret, key: key, binding: binding())
        let stored = try await unwrap(wrapped)
        #expect(try Envelope.open(sealed, keys: [stored], binding: binding()) == secret)
        #expect(try Envelope.keyID(of: sealed) == key.id)
        #expect(try Envelope.seal(secret, key: key, binding: binding()) != sealed)
    }

    @Test func `an empty value can be sealed`() throws {
        let sealed = try Envelope.seal([], key: key, binding: binding())
        #expect(try Envelope.open(sealed, keys: [key], binding: binding()) == [])
    }

    @Test func `a value does not open in another place`() throws {
        let sealed = try Envelope.seal(secret, key: key, binding: binding())
        for place in [binding(table: "other"), binding(row: "sec_2"), binding(version: 2)] {
            #expect(throws: SealError.opening) { try Envelope.open(sealed, keys: [key], binding: place) }
        }
        #expect(throws: SealError.unknownKey) {
            try Envelope.open(sealed, keys: [key], binding: binding(tenant: .new()))
        }
    }

    @Test func `shifting a letter between table and row changes the binding`() throws {
        let sealed = try Envelope.seal(secret, key: key, binding: binding(table: "ab", row: "c"))
        #expect(throws: SealError.opening) {
            try Envelope.open(sealed, keys: [key], binding: binding(table: "a", row: "bc"))
        }
    }

    @Test func `every changed byte is noticed`() throws {
        let sealed = try Envelope.seal(secret, key: key, binding: binding())
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(throws: SealError.self) { try Envelope.open(changed, keys: [key], binding: binding()) }
        }
        for length in 0..<sealed.count {
            #expect(throws: SealError.self) {
                try Envelope.open(Array(sealed.prefix(length)), keys: [key], binding: binding())
            }
        }
    }

    @Test func `after rotation the new key opens what the old one sealed`() throws {
        let sealed = try Envelope.seal(secret, key: key, binding: binding())
        let next = TenantKey(for: tenant, version: 2)
        let moved = try Envelope.rewrap(sealed, from: [key], to: next, binding: binding())
        #expect(try Envelope.open(moved, keys: [next], binding: binding()) == secret)
        #expect(throws: SealError.unknownKey) { try Envelope.open(moved, keys: [key], binding: binding()) }
        #expect(throws: SealError.unknownKey) { try Envelope.open(sealed, keys: [next], binding: binding()) }
    }

    @Test func `a key of another tenant neither seals nor opens`() throws {
        let foreign = TenantKey(for: .new(), version: 1)
        #expect(throws: SealError.unknownKey) { try Envelope.seal(secret, key: foreign, binding: binding()) }
    }

    @Test func `a wrapped tenant key moved to another tenant does not open`() async throws {
        let moved = WrappedTenantKey(
            id: wrapped.id, tenant: .new(), version: 1, master: wrapped.master, bytes: wrapped.bytes)
        await #expect(throws: KeyProviderError.opening) { try await unwrap(moved) }
    }

    @Test func `another master key is named as such, and can take over`() async throws {
        let other = MasterKey.ephemeral()
        #expect(throws: KeyProviderError.unknownKey(master.id)) {
            try MasterKeys(other).provider(of: wrapped.master)
        }
        await #expect(throws: KeyProviderError.opening) { try await unwrap(wrapped, with: other) }
        let moved = try #require(try await TenantKey.wrap([key], with: other).first)
        let sealed = try Envelope.seal(secret, key: key, binding: binding())
        let opened = try await unwrap(moved, with: other)
        #expect(try Envelope.open(sealed, keys: [opened], binding: binding()) == secret)
        #expect(try MasterKeys(other, others: [master]).provider(of: wrapped.master).knows(master.id))
    }
}
