import Foundation
import TestSupport
import Testing

@testable import gatehouse

@Suite struct CredentialsTests {
    private let folder = TemporaryFolder()

    @Test func `tokens come back, and the last sign-in is the current one`() throws {
        let path = folder.file("config/gatehouse/credentials.json")
        var credentials = try Credentials(path: path)
        credentials.put(.init(origin: "http://a", login: "ada", token: "one"))
        credentials.put(.init(origin: "http://b", login: "ben", token: "two"))
        credentials.put(.init(origin: "http://a", login: "ada", token: "three"))
        try credentials.save(path: path)
        let read = try Credentials(path: path)
        #expect(read.current == "http://a")
        #expect(read["http://a"]?.token == "three")
        #expect(read["http://b"]?.token == "two")
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
    }

    @Test func `a file that others may read is refused`() throws {
        let path = folder.file("credentials.json")
        try Credentials().save(path: path)
        chmod(path, 0o644)
        #expect(throws: CommandFailure.self) { try Credentials(path: path) }
    }

    @Test func `a damaged file is refused, an absent one is empty`() throws {
        let path = folder.file("broken.json")
        try PrivateFile.write(Array("{".utf8), to: path)
        #expect(throws: CommandFailure.self) { try Credentials(path: path) }
        #expect(try Credentials(path: folder.file("absent")).entries.isEmpty)
    }

    @Test func `signing out of one portal leaves the others`() throws {
        var credentials = Credentials()
        credentials.put(.init(origin: "http://a", login: "ada", token: "one"))
        credentials.put(.init(origin: "http://b", login: "ben", token: "two"))
        credentials.remove("http://b")
        #expect(credentials.current == "http://a")
        #expect(credentials.entries.map(\.origin) == ["http://a"])
    }
}
