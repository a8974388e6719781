import Foundation
import Kernel
import TestSupport
import Testing

@testable import Identity

/// A provider that is a real Active Directory, as the portal's preset sets it up.
protocol ActiveDirectoryStage: SyncStage {}

extension ActiveDirectoryStage {
    static var base: String { TestActiveDirectory.base }

    /// What the portal fills in for an Active Directory, as it stands in its source.
    static func preset() throws -> JSON {
        let source = try Repository.text("Web/src/pages/providers/settings.ts")
        let start = try #require(source.range(of: "'active-directory': {")).upperBound
        let end = try #require(source.range(of: "},", range: start..<source.endIndex)).lowerBound
        func value(_ name: String) throws -> JSON {
            let text = source[start..<end]
            let from = try #require(text.range(of: "\(name): '"), "\(name)").upperBound
            return .string(String(text[from...].prefix { $0 != "'" }))
        }
        return [
            "userFilter": try value("userFilter"), "groups": try value("groups"),
            "attributes": [
                "subject": try value("subject"), "login": try value("login"), "name": try value("fullName"),
                "email": try value("email"), "manager": "manager",
            ],
        ]
    }

    static func settings(_ directory: TestActiveDirectory, below unit: String, _ more: JSON) throws -> JSON {
        let own: JSON = [
            "kind": "ldap",
            "servers": [
                ["host": .string(directory.address), "port": .int(Int64(TestActiveDirectory.port))]
            ],
            "authorities": .string(directory.authority), "bindDn": .string(TestActiveDirectory.search),
            "baseDn": .string(unit.isEmpty ? base : "\(unit),\(base)"), "groupBaseDn": .string(base),
        ]
        return try own.merging(preset()).merging(more)
    }

    /// A provider of the people in an organizational unit, and in those below it.
    func makeProvider(
        of directory: TestActiveDirectory, below unit: String = "", for admin: Visitor, settings more: JSON = [:],
        _ body: JSON = [:]
    ) async throws -> String {
        try admin.house.opened.open(
            [TestActiveDirectory.port, TestActiveDirectory.securePort], at: directory.address)
        let base: JSON = [
            "name": "Active Directory", "createsUsers": .bool(true),
            "settings": try Self.settings(directory, below: unit, more),
            "secret": .string(TestActiveDirectory.password(of: "search")),
        ]
        let made = try await admin.call("identity-providers.create", body: base.merging(body))
        #expect(made.status == 201, "\(made.json)")
        return made["id"]
    }

    /// What a test of the provider shows: its steps, and the answer.
    func steps(_ provider: String, _ body: JSON, _ admin: Visitor) async throws -> (steps: [String], answer: Answer) {
        let answer = try await admin.call("identity-providers.test", [provider], body: body)
        guard case .array(let steps)? = answer.json["steps"] else { return ([], answer) }
        return (steps.map { "\($0["name"]?.text ?? "") \($0["outcome"]?.text ?? "")" }, answer)
    }

    func words(of step: String, in answer: Answer) -> String? {
        guard case .array(let steps)? = answer.json["steps"] else { return nil }
        return steps.first { $0["name"]?.text == step }?["detail"]?.text
    }

    func groups(in answer: Answer) -> Set<String> {
        guard case .array(let groups)? = answer.json["profile"]?["groups"] else { return [] }
        return Set(groups.compactMap(\.text))
    }
}
