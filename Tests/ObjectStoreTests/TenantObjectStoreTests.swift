import Foundation
import Kernel
import ObjectStore
import TestSupport
import Testing

@Suite struct TenantObjectStoreTests {
    private let folder = TemporaryFolder()
    private let whole: FileObjectStore
    private let store: TenantObjectStore
    private let own = TenantID.new()
    private let other = TenantID.new()

    init() async throws {
        whole = try FileObjectStore(root: folder.file("objects"))
        store = TenantObjectStore(whole, of: TenantScope(tenant: own))
        for tenant in [own, other] {
            try await whole.put(ObjectKey("tenants/\(tenant.text)/recordings/1.ghr"), Array(tenant.text.utf8))
        }
    }

    @Test func `a tenant's own objects are as they are`() async throws {
        let key = try ObjectKey("tenants/\(own.text)/recordings/2.ghr")
        try await store.put(key, [1])
        #expect(try await store.get(key) == [1])
        let root = TenantObjectStore.root(of: own)
        #expect(try await store.list(prefix: root).count == 2)
        #expect(try await store.list(prefix: root + "recordings/2").map(\.text) == [key.text])
        try await store.delete(key)
        #expect(try await store.list(prefix: root).count == 1)
    }

    @Test func `nothing of another's is had, put, removed or listed`() async throws {
        let theirs = "tenants/\(other.text)/recordings/1.ghr"
        for text in [
            theirs, "tenants/\(own.text)", "tenants/\(own.text)x/1", "tenants", "receipt.json",
            "x/tenants/\(own.text)/1", "TENANTS/\(own.text)/1", "tenants/\(own.text.uppercased())/1",
        ] {
            let key = try ObjectKey(text)
            let refusal = ObjectStoreError.badKey(text)
            await #expect(throws: refusal) { try await store.get(key) }
            await #expect(throws: refusal) { try await store.put(key, [6]) }
            await #expect(throws: refusal) { try await store.delete(key) }
        }
        for prefix in [
            "", "/", "tenants/", "tenants/\(other.text)/", theirs, "tenants/\(own.text)",
            "tenants/\(own.text.dropLast())",
            "tenants/\(own.text)/../\(other.text)/", "tenants/\(own.text)/..", "tenants/\(own.text)//",
            "tenants/\(own.text)/./", "/tenants/\(own.text)/", "tenants/\(own.text)/%2e%2e/", "x",
        ] {
            await #expect(throws: ObjectStoreError.self, "\(prefix)") { try await store.list(prefix: prefix) }
        }
        #expect(try await whole.get(ObjectKey(theirs)) == Array(other.text.utf8))
        #expect(try await whole.list(prefix: "").count == 2)
    }
}
