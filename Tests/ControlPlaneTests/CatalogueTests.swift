import Foundation
import HTTPAPI
import HTTPTypes
import Identity
import Kernel
import TestSupport
import Testing

@testable import ControlPlane

/// What holds for every operation there is, and for every role.
@Suite struct CatalogueTests {
    @Test func `every operation is complete, and its problems are documented`() throws {
        let documented = Completeness.documentedProblems(try Repository.text("Docs/errors.md"))
        #expect(Completeness.findings(Catalogue.all, documented: documented) == [])
    }

    @Test func `what changes something says what it leaves in the trail, or why nothing`() {
        for operation in Catalogue.all where operation.method != .get {
            switch operation.audit {
            case .action(let action): #expect(action.contains("."), "\(operation.name)")
            case .none(let reason): #expect(reason.count > 10, "\(operation.name): \(reason)")
            }
        }
    }

    @Test func `of every permission to manage something it is decided whether a role for a while gives it`() {
        /// What is managed day by day: what comes of it opens nothing to anybody.
        let work = [
            "accounts.manage", "assets.manage", "check-outs.manage", "notices.manage", "online.manage",
            "sign-in-locks.manage",
        ]
        let manages = Set(Catalogue.tenant.map(\.permission.code).filter { $0.hasSuffix(".manage") })
        let deciding = Set(PermissionCatalogue.deciding.map(\.code))
        #expect(manages == deciding.filter { $0.hasSuffix(".manage") }.union(work))
        #expect(deciding.isSubset(of: Catalogue.tenant.map(\.permission.code)))
    }

    @Test func `what is open to everybody is sign-in, sign-up, links, callbacks and enrolment`() {
        #expect(Catalogue.providerDoor.allSatisfy { $0.isPublic })
        #expect(Catalogue.tenant.filter(\.isPublic).isEmpty && Catalogue.provider.filter(\.isPublic).isEmpty)
        let groups = Set(Catalogue.all.filter(\.isPublic).map(\.group))
        #expect(
            groups == [
                "auth", "provider-auth", "support-door", "decision-links", "enrolment", "sign-up",
                "messenger-callbacks", "face-checks",
            ])
    }

    @Test func `only what proves itself is taken from another site's page`() {
        let names = Set(Catalogue.all.filter(\.isFromAnySite).map(\.name))
        #expect(
            names == [
                "auth.saml-response", "auth.saml-logout", "auth.saml-logout-form", "auth.cas-ticket",
                "messenger-callbacks.check", "messenger-callbacks.take", "face-checks.take",
            ])
    }

    /// A review sees in these files when somebody opens a door or gives a role more.
    @Test func `the doors are those of the golden file`() throws {
        try compare(Completeness.table(Catalogue.all), with: "doors.golden")
    }

    @Test func `the roles are those of the golden file`() throws {
        let catalogue = Catalogue.permissions
        let width = catalogue.all.map(\.code.count).max() ?? 0
        var lines = ["# permission; administrator, auditor, user, and those of system, security and audit; where"]
        for permission in catalogue.all.map(\.code).sorted() {
            let marks = BuiltInRole.allCases.map {
                catalogue.permissions(of: $0).map(\.code).contains(permission) ? "x" : "-"
            }
            let padding = String(repeating: " ", count: width - permission.count)
            let place = PermissionCatalogue.place(of: Permission(permission))
            lines.append("\(permission)\(padding) \(marks.joined(separator: " ")) \(place.rawValue)")
        }
        try compare(lines.joined(separator: "\n") + "\n", with: "roles.golden")
    }

    private func compare(_ text: String, with name: String) throws {
        let path = Repository.path("Tests/ControlPlaneTests/\(name)")
        if ProcessInfo.processInfo.environment["GATEHOUSE_WRITE_GOLDEN"] != nil {
            try Data(text.utf8).write(to: URL(filePath: path))
        }
        let golden = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        let now = text.split(separator: "\n")
        let difference = now.difference(from: golden)
        #expect(difference.isEmpty, "\(name): run with GATEHOUSE_WRITE_GOLDEN=1 if this is meant. \(difference)")
    }

    @Test func `a document of the API is valid OpenAPI`() async throws {
        let folder = TemporaryFolder()
        let python = ProcessInfo.processInfo.environment["GATEHOUSE_TEST_PYTHON"] ?? "python3"
        let script = """
            import json, sys
            try:
                from openapi_spec_validator import validate
            except ImportError:
                print("absent")
                sys.exit()
            for name in sys.argv[1:]:
                validate(json.load(open(name)))
            print("valid")
            """
        var files: [String] = []
        for (name, operations) in [
            ("tenant", Catalogue.tenant + Catalogue.public), ("provider", Catalogue.provider + Catalogue.providerDoor),
            ("worker", Catalogue.worker),
        ] {
            let document = OpenAPI.document(title: name, version: "1", operations)
            #expect(document["openapi"]?.text?.hasPrefix("3.1") == true)
            for operation in operations {
                let entry = document["paths"]?[operation.path]?[operation.method.rawValue.lowercased()]
                #expect(entry?["operationId"]?.text == operation.name)
                #expect(entry?["responses"] != nil && entry?["summary"] != nil)
            }
            files.append(folder.file("\(name).json"))
            try Data(document.bytes).write(to: URL(filePath: files.last!))
        }
        let answer = try await ChildProcess.run([python, "-c", script] + files)
        // Deploy/test brings the validator; a machine without it holds the documents to the loop above.
        let isGiven = ProcessInfo.processInfo.environment["GATEHOUSE_TEST_PYTHON"] != nil
        #expect(answer == "valid\n" || !isGiven && answer == "absent\n")
    }
}
