import Foundation
import ObjectStore
import Testing

@Suite struct FileObjectStoreTests {
    private let root: String
    private let store: FileObjectStore

    init() throws {
        root = NSTemporaryDirectory() + "gatehouse-objects-" + UUID().uuidString
        store = try FileObjectStore(root: root)
    }

    private func key(_ text: String) throws -> ObjectKey { try ObjectKey(text) }

    @Test func `what is put is had again, and the last one counts`() async throws {
        let key = try key("tenants/ten_1/recordings/2026/11/rcd_1/1.ghr")
        try await store.put(key, [1, 2, 3])
        #expect(try await store.get(key) == [1, 2, 3])
        try await store.put(key, [])
        #expect(try await store.get(key) == [])
        let large = [UInt8](repeating: 7, count: 9 << 20)
        try await store.put(key, large)
        #expect(try await store.get(key) == large)
    }

    @Test func `what is not there is missing, and deleting it is no error`() async throws {
        let absent = try key("a/b/c")
        await #expect(throws: ObjectStoreError.missing(absent)) { try await store.get(absent) }
        try await store.delete(absent)
        try await store.put(absent, [1])
        try await store.delete(absent)
        await #expect(throws: ObjectStoreError.missing(absent)) { try await store.get(absent) }
        await #expect(throws: ObjectStoreError.self) { try await store.get(key("a/b")) }
    }

    @Test func `a list has the keys that start with the text, in order`() async throws {
        for name in ["t/1/b", "t/1/a", "t/10/a", "t/2/x/y", "u"] { try await store.put(key(name), [0]) }
        func list(_ prefix: String) async throws -> [String] { try await store.list(prefix: prefix).map(\.text) }
        #expect(try await list("") == ["t/1/a", "t/1/b", "t/10/a", "t/2/x/y", "u"])
        #expect(try await list("t/1") == ["t/1/a", "t/1/b", "t/10/a"])
        #expect(try await list("t/1/") == ["t/1/a", "t/1/b"])
        #expect(try await list("t/2/x/y") == ["t/2/x/y"])
        #expect(try await list("nothing/") == [])
        #expect(try await list("u/") == [])
    }

    @Test(arguments: ["../", "t/../", "/", "/etc/", "t/..", ".", "t//"])
    func `a prefix does not climb either`(prefix: String) async {
        await #expect(throws: ObjectStoreError.self) { try await store.list(prefix: prefix) }
    }

    @Test func `links lead nowhere`() async throws {
        let outside = NSTemporaryDirectory() + "gatehouse-outside-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: outside, withIntermediateDirectories: true)
        try Data("secret".utf8).write(to: URL(fileURLWithPath: outside + "/secret"))
        try FileManager.default.createSymbolicLink(atPath: root + "/folder", withDestinationPath: outside)
        try FileManager.default.createSymbolicLink(atPath: root + "/file", withDestinationPath: outside + "/secret")
        await #expect(throws: ObjectStoreError.self) { try await store.get(key("folder/secret")) }
        await #expect(throws: ObjectStoreError.self) { try await store.get(key("file")) }
        await #expect(throws: ObjectStoreError.self) { try await store.put(key("folder/new"), [1]) }
        #expect(try await store.list(prefix: "") == [])
        try await store.put(key("file"), [1])
        #expect(FileManager.default.contents(atPath: outside + "/secret") == Data("secret".utf8))
    }

    @Test func `files are for their owner alone, and no temporary one stays`() async throws {
        try await store.put(key("a/b"), [1])
        let names = try FileManager.default.subpathsOfDirectory(atPath: root).sorted()
        #expect(names == ["a", "a/b"])
        for (name, mode) in [("", 0o700), ("/a", 0o700), ("/a/b", 0o600)] {
            let facts = try FileManager.default.attributesOfItem(atPath: root + name)
            #expect(facts[.posixPermissions] as? Int == mode)
        }
    }

    @Test func `what a crash left half written is no object`() async throws {
        try Data("half".utf8).write(to: URL(fileURLWithPath: root + "/.part-abc"))
        #expect(try await store.list(prefix: "") == [])
    }

    @Test func `a disk that refuses is an error, and the old object stays`() async throws {
        try await store.put(key("a/b"), [1])
        await #expect(throws: ObjectStoreError.self) { try await store.put(key("a/b/c"), [2]) }
        #expect(try await store.get(key("a/b")) == [1])
    }

    @Test func `many at once all arrive`() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<100 {
                group.addTask { try await store.put(key("n/\(number % 7)/\(number)"), [UInt8(number)]) }
            }
            try await group.waitForAll()
        }
        #expect(try await store.list(prefix: "n/").count == 100)
    }
}
