import Foundation
import HTTPAPI
import HTTPTypes
import Kernel
import Outbound
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

/// What lies in the object store of one company, and all that another one may do.
@Suite struct ObjectIsolationTests {
    /// Two companies that each have a sealed recording.
    private struct Scene {
        let installation: Installation
        let acme: Household
        let bolt: Household
        let theirs: WorkerCaller.Recorded
        let own: WorkerCaller.Recorded
        let worker: WorkerCaller
        /// The beginning of Acme's keys.
        let prefix: String

        init() async throws {
            installation = try await Installation()
            acme = try await Household(installation.makeTenant("acme"))
            bolt = try await Household(installation.makeTenant("bolt"))
            theirs = try await WorkerCaller(serving: acme).record("Acme saw this")
            worker = try await WorkerCaller(serving: bolt)
            own = try await worker.record("Bolt saw this")
            let found = try await installation.test.superuser().query(
                "select object_prefix from recordings where session_id = \(theirs.session)"
            ) { try $0.next(String.self) }
            prefix = try #require(found.first)
        }

        /// What must not be in anything that Bolt gets.
        var marks: [String] {
            [theirs.session.text, theirs.recording.text, theirs.tenant.text, "Acme saw this", prefix]
        }

        /// Operations that answer with bytes of an object, or about one.
        var operations: [HTTPAPI.Operation] {
            (Catalogue.tenant + Catalogue.public).filter { operation in
                if case .file = operation.response { true } else { operation.name.hasPrefix("recordings.") }
            }
        }

        /// What Bolt gets at a path; nil if the connection broke, because it was refused on the way.
        func ask(
            _ operation: HTTPAPI.Operation, _ path: String, by person: Person? = nil
        ) async throws -> Answer? {
            let query = operation.name == "recordings.search" ? "?q=saw" : ""
            do {
                return try await (person ?? bolt.person).call(
                    CrossTenantTests.method(operation), path + query, CrossTenantTests.body(operation, ""))
            } catch is OutboundError {
                return nil
            }
        }

        /// Another administrator of Bolt, who has not asked for much yet.
        func colleague(_ login: String) async throws -> Person {
            let made = try await bolt.person.call(
                .post, "/users", ["login": .string(login), "name": "Bolt", "roles": ["administrator"]], expecting: 201)
            let person = Person(installation: installation, slug: "bolt", login: login)
            try await person.comeIn(by: made["invitationUrl"])
            return person
        }

        func path(_ operation: HTTPAPI.Operation, session: String) -> String {
            CrossTenantTests.path(operation.path).replacing("{session}", with: session)
        }

        /// Every file of the object store, and its bytes.
        func files() throws -> [String: Data] {
            let root = installation.folder.file("objects")
            let names = try FileManager.default.subpathsOfDirectory(atPath: root)
            return try names.reduce(into: [:]) { files, name in
                var isFolder: ObjCBool = false
                guard FileManager.default.fileExists(atPath: "\(root)/\(name)", isDirectory: &isFolder),
                    !isFolder.boolValue
                else { return }
                files[name] = try Data(contentsOf: URL(filePath: "\(root)/\(name)"))
            }
        }
    }

    @Test func `no id and no trick in a path reaches an object of another company`() async throws {
        let scene = try await Scene()
        let files = try scene.files()
        #expect(files.keys.filter { $0.hasPrefix(scene.prefix) }.count == 2)
        let (theirs, own) = (scene.theirs.session.text, scene.own.session.text)
        let encoded = scene.prefix.replacing("/", with: "%2f")
        let tricks = [
            theirs, scene.theirs.recording.text, "\(own)%2f..%2f\(theirs)", "..%2fsessions%2f\(theirs)",
            "\(own)%5c..%5c\(theirs)", "\(theirs)%00", "\(theirs)%2f", "\(own)%00\(theirs)",
            "%2e%2e%2f%2e%2e%2f\(encoded)", encoded, "%2f\(encoded)", "\(encoded)1.ghr", "..%252f\(theirs)",
            "\(own);\(theirs)", "\(own),\(theirs)",
        ]
        var reached = 0
        for (number, operation) in scene.operations.enumerated() {
            let person = try await scene.colleague("bolt-\(number)")
            let isOfSession = operation.path.contains("{session}")
            let served = try await scene.ask(operation, scene.path(operation, session: own), by: person)
            if isOfSession {
                #expect(served?.status == 200, "\(operation.name): \(served?.text ?? "")")
                reached += 1
            }
            for mark in scene.marks { #expect(served?.text.contains(mark) != true, "\(operation.name) shows \(mark)") }
            for trick in tricks {
                let path =
                    operation.path.contains("{")
                    ? CrossTenantTests.path(operation.path).replacing(#/\{[a-zA-Z-]+\}/#, with: trick)
                    : CrossTenantTests.path(operation.path) + "/" + trick
                let answer = try await scene.ask(operation, path, by: person)
                #expect([400, 404, 422].contains(answer?.status ?? 0), "\(path): \(answer?.status ?? 0)")
                for mark in scene.marks where !trick.contains(mark) {
                    #expect(answer?.text.contains(mark) != true, "\(path) shows \(mark)")
                }
            }
        }
        #expect(reached >= 6)
        for trick in tricks + ["..%2f1", "1%2f..%2f..%2fx", "0", "-1", "1.ghr"] {
            for path in [
                "/recordings/\(trick)/segments/1", "/recordings/\(scene.own.recording.text)/segments/\(trick)",
            ] {
                let answer = try await scene.worker.put(path, [1, 2, 3])
                #expect((400...499).contains(answer.status), "\(path): \(answer.status)")
                #expect(!answer.text.contains(scene.prefix))
            }
        }
        #expect(try scene.files() == files)
    }

    @Test func `no answer names an object, not even one's own`() async throws {
        let scene = try await Scene()
        var read = 0
        for operation in Catalogue.tenant where operation.method == .get && operation.name != "events.stream" {
            let path = CrossTenantTests.path(operation.path)
            guard let filled = scene.bolt.path(of: path.replacing("{session}", with: scene.own.session.text)) else {
                continue
            }
            let answer = try await scene.bolt.person.call(
                .get, filled + (operation.name == "recordings.search" ? "?q=saw" : ""))
            #expect(!answer.text.contains("tenants/ten_"), "\(operation.name)")
            read += 1
        }
        for operation in Catalogue.provider where operation.method == .get && !operation.path.contains("{") {
            let path = String(operation.path.dropFirst("/provider/v1".count))
            #expect(!(try await scene.installation.provider(.get, path)).text.contains("tenants/ten_"), "\(path)")
            read += 1
        }
        #expect(read > 50)
    }

    @Test func `a row that names another company's object opens nothing and spoils nothing`() async throws {
        let scene = try await Scene()
        let files = try scene.files()
        let superuser = try await scene.installation.test.superuser()
        // As if a mistake had mixed up everything that the rows say but the company.
        _ = try await superuser.execute(
            """
            update recording_segments s set object_key = t.object_key, sha256 = t.sha256, bytes = t.bytes
            from recording_segments t
            where s.recording_id = \(scene.own.recording) and t.recording_id = \(scene.theirs.recording)
              and t.first_sequence = s.first_sequence
            """)
        _ = try await superuser.execute(
            "update recordings set object_prefix = \(scene.prefix) where recording_id = \(scene.own.recording)")
        for operation in scene.operations where operation.path.contains("{session}") {
            let answer = try await scene.ask(operation, scene.path(operation, session: scene.own.session.text))
            for mark in scene.marks { #expect(answer?.text.contains(mark) != true, "\(operation.name) shows \(mark)") }
        }
        #expect(try scene.files() == files)
    }
}
