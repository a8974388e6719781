import Cryptography
import Foundation
import Testing

@Suite struct MasterKeyTests {
    private let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "gatehouse-master-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private var path: String { folder + "/master.key" }

    private func mode() throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test func `the first start makes a file for its owner alone, and later ones read it`() throws {
        let made = try MasterKey(loadingOrCreating: path)
        #expect(try mode() == 0o600)
        #expect(try MasterKey(loadingOrCreating: path).id == made.id)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["master.key"])
    }

    @Test func `processes that start together agree on one key`() async throws {
        let path = path
        let ids = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<8 { group.addTask { try MasterKey(loadingOrCreating: path).id } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(ids.count == 1)
    }

    @Test(arguments: [0o644, 0o640, 0o604, 0o610])
    func `a file that others may touch is refused`(mode: Int) throws {
        _ = try MasterKey(loadingOrCreating: path)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        #expect(throws: MasterKeyError.permissions(path: path, mode: UInt32(mode))) {
            try MasterKey(loadingOrCreating: path)
        }
    }

    @Test func `a file of another user is refused`() throws {
        guard geteuid() == 0 else { return }
        _ = try MasterKey(loadingOrCreating: path)
        #expect(chown(path, 65_534, 65_534) == 0)
        #expect(throws: MasterKeyError.owner(path: path, user: 65_534)) { try MasterKey(loadingOrCreating: path) }
    }

    @Test func `a link is refused`() throws {
        _ = try MasterKey(loadingOrCreating: path)
        let link = folder + "/link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        #expect(throws: MasterKeyError.notAFile(path: link)) { try MasterKey(loadingOrCreating: link) }
    }

    @Test(arguments: ["", "gatehouse-master-key-1 \n", "gatehouse-master-key-1 AAAA\n", "something else"])
    func `a damaged file is refused and left as it is`(text: String) throws {
        #expect(
            FileManager.default.createFile(
                atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600]))
        #expect(throws: MasterKeyError.malformed(path: path)) { try MasterKey(loadingOrCreating: path) }
        #expect(FileManager.default.contents(atPath: path) == Data(text.utf8))
    }

    @Test func `a folder that is not there is an error that names it`() {
        #expect(throws: MasterKeyError.system(path: "/nowhere/key", operation: "create", code: 2)) {
            try MasterKey(loadingOrCreating: "/nowhere/key")
        }
    }
}
