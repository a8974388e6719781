import FoundationEssentials
import Kernel
import TestSupport
import Testing

@testable import Identity

/// What rules give to people of messengers, by what the messengers say of them.
@Suite(.enabled(if: StandInMessengers.isThere)) struct MessengerRuleTests {
    private static let asking = ["wecom", "dingtalk", "feishu", "lark"]

    private struct Stage {
        let scene: MessengerScene
        let operators: String

        func members() async throws -> [String] {
            try await scene.admin.call("groups.members", [operators]).items.compactMap { $0["login"]?.text }
        }

        func set(_ rules: [JSON]) async throws {
            let version = try await scene.admin.call("identity-providers.show", [scene.provider]).version
            let answer = try await scene.admin.call(
                "identity-providers.change", [scene.provider], body: ["rules": .array(rules)], version: version)
            #expect(answer.status == 200, "\(answer.text)")
        }

        func roles() async throws -> [String] {
            guard case .array(let roles)? = try await scene.user(scene.login)?["roles"] else { return [] }
            return roles.compactMap { $0["builtIn"]?.text }.sorted()
        }

        /// Where the person belongs.
        func place() async throws -> String? { try await scene.house.places()[scene.login] }

        /// In, whatever the messenger says besides.
        func comesIn() async throws {
            #expect(try await scene.signIn().step == "enrol")
        }

        /// A trial with this browser: the whole way, and nobody is signed in.
        func test() async throws -> Answer {
            var browser = Browser(scene.admin)
            let begun = try await scene.admin.trial(
                "identity-providers.begin-trial", [scene.provider], &browser)
            #expect(begun.status == 200, "\(begun.text)")
            let back = try await browser.visit(begun["url"])
            return try await scene.admin.trial(
                "identity-providers.finish-trial", [scene.provider], &browser, back.body(scene.provider))
        }
    }

    private func stage(_ vendor: String, settings: JSON = [:]) async throws -> Stage {
        let scene = try await MessengerScene(vendor, settings: settings)
        return Stage(
            scene: scene, operators: try await scene.admin.call("groups.create", body: ["name": "Operators"])["id"])
    }

    private func attribute(_ name: String, _ value: String, _ match: String = "equals") -> JSON {
        ["kind": "attribute", "name": .string(name), "match": .string(match), "value": .string(value)]
    }

    /// What each calls the title of a person, and a field that the company has added.
    private func title(_ vendor: String) -> String {
        ["wecom": "position", "dingtalk": "title"][vendor] ?? "job_title"
    }
    private func grade(_ vendor: String) -> String {
        ["wecom": "extattr.grade", "dingtalk": "extension.grade"][vendor] ?? "custom_attrs.C-1"
    }
    /// Where each tells about somebody, and about a department.
    private func details(_ vendor: String) -> String {
        switch vendor {
        case "wecom": "GET /cgi-bin/user/get"
        case "dingtalk": "POST /topapi/v2/user/get"
        default: "GET /open-apis/contact/v3/users/on_ann"
        }
    }
    private func departments(_ vendor: String) -> String {
        switch vendor {
        case "wecom": "GET /cgi-bin/department/get"
        case "dingtalk": "POST /topapi/v2/department/listparentbyuser"
        default: "GET /open-apis/contact/v3/departments/parent"
        }
    }
    private func department(_ id: Int, _ vendor: String) -> String {
        "department/" + (["wecom", "dingtalk"].contains(vendor) ? "" : "D") + "\(id)"
    }

    @Test(arguments: asking)
    func `departments with those above them and attributes give, and what is not so any more is taken back`(
        _ vendor: String
    ) async throws {
        let stage = try await stage(vendor)
        let scene = stage.scene
        // Nothing is asked that no rule goes by.
        try await stage.comesIn()
        #expect(try await scene.asked(details(vendor)) == 0)
        let lead = attribute(title(vendor), "Lead ", "starts-with")
        try await stage.set([
            ["directoryGroup": "technology", "conditions": [lead], "group": .string(stage.operators)],
            ["conditions": [attribute(grade(vendor), "G7")], "role": "auditor"],
        ])
        try await stage.comesIn()
        #expect(try await stage.members() == [scene.login])
        #expect(try await stage.roles() == ["auditor", "user"])
        #expect(try await scene.asked(details(vendor)) == 1)
        // By what it is known by, and not by the name that another department has chosen.
        try await stage.set([
            ["directoryGroup": .string(department(3, vendor)), "group": .string(stage.operators)]
        ])
        try await stage.comesIn()
        #expect(try await stage.members() == [scene.login])
        #expect(try await stage.roles() == ["user"])
        try await scene.behave([
            "details": ["department": [4], "dept_id_list": [4], "department_ids": ["od-4"]]
        ])
        try await stage.comesIn()
        #expect(try await stage.members().isEmpty)
        // A title is one word by word, and no other one's beginning.
        try await stage.set([["conditions": [lead], "group": .string(stage.operators)]])
        try await scene.behave(["details": .object([.init(title(vendor), "Leader")])])
        try await stage.comesIn()
        #expect(try await stage.members().isEmpty)
    }

    @Test(arguments: asking)
    func `whoever's attributes cannot be learnt comes in with what rules gave by them, and the test says why`(
        _ vendor: String
    ) async throws {
        let stage = try await stage(vendor)
        let scene = stage.scene
        let plant = try await scene.admin.call("organizations.create", body: ["name": "Plant"])["id"]
        try await stage.set([
            ["directoryGroup": "Technology", "group": .string(stage.operators)],
            ["conditions": [attribute(title(vendor), "Lead Engineer")], "role": "auditor"],
            ["directoryGroup": "Operations", "organization": .string(plant)],
        ])
        // What is not learnt gives nothing.
        try await scene.behave(["deny": ["user", "department"]])
        try await stage.comesIn()
        #expect(try await stage.members().isEmpty)
        #expect(try await stage.roles() == ["user"])
        try await scene.behave()
        try await stage.comesIn()
        #expect(try await stage.members() == [scene.login])
        #expect(try await stage.place() == "Plant")
        let tested = try await stage.test()
        #expect(tested.json["steps"]?.outcome(of: "attributes") == "passed", "\(tested.text)")
        #expect(tested.json["steps"]?.outcome(of: "groups") == "passed")
        guard case .array(let rules)? = tested.json["rules"] else { return #expect(Bool(false), "\(tested.text)") }
        #expect(rules.count == 3)
        // The app may not see departments.
        try await scene.behave(["deny": ["department"]])
        let denied = try await stage.test()
        #expect(denied.json["steps"]?.outcome(of: "groups") == "failed", "\(denied.text)")
        #expect(denied.json["steps"]?.outcome(of: "attributes") == "passed")
        #expect(denied["outcome"] == "known")
        #expect(denied.json["profile"]?["unsaid"] == ["department"])
        try await stage.comesIn()
        #expect(try await stage.members() == [scene.login])
        #expect(try await stage.place() == "Plant")
        #expect(try await stage.roles() == ["auditor", "user"])
        // Nor anything of people.
        try await scene.behave(["deny": ["user", "department"]])
        #expect(try await stage.test().json["steps"]?.outcome(of: "attributes") == "failed")
        try await stage.comesIn()
        #expect(try await stage.members() == [scene.login])
        #expect(try await stage.roles() == ["auditor", "user"])
        // What is said counts, whatever is not: the title is another one.
        try await scene.behave([
            "deny": ["department"], "details": .object([.init(title(vendor), "Trainee")]),
        ])
        try await stage.comesIn()
        #expect(try await stage.members() == [scene.login])
        #expect(try await stage.place() == "Plant")
        #expect(try await stage.roles() == ["user"])
        // All is said: nothing of it is so.
        try await scene.behave([
            "details": JSON.object([.init(title(vendor), "Trainee")]).merging([
                "department": [4], "dept_id_list": [4], "department_ids": ["od-4"],
            ])
        ])
        try await stage.comesIn()
        #expect(try await stage.members().isEmpty)
        #expect(try await stage.place() != "Plant")
        try await scene.behave()
        try await stage.comesIn()
        #expect(try await stage.roles() == ["auditor", "user"])
        // One that is down is asked once, says somebody else, or says something that is nothing.
        let place = "\(vendor) \(details(vendor))"
        let lies: [JSON] = [
            ["status": 503],
            ["body": ["errcode": 0, "code": 0, "userid": "bob", "result": [:], "data": ["user": [:]]]],
            ["body": []], ["status": 500, "body": ["code": 0]],
        ]
        for lie in lies {
            try await scene.behave(["say": .object([.init(place, lie)])])
            try await stage.comesIn()
            #expect(try await stage.roles() == ["auditor", "user"], "\(lie)")
        }
        try await scene.behave(["say": .object([.init(place, ["status": 503])])])
        #expect(try await stage.test().json["steps"]?.outcome(of: "attributes") == "failed")
        #expect(try await scene.asked(departments(vendor)) == 0)
    }

    @Test(arguments: ["dingtalk", "feishu", "lark"])
    func `roles and groups of users count by name and by id, and the app's token that was ended early is had anew`(
        _ vendor: String
    ) async throws {
        let stage = try await stage(vendor)
        try await stage.set([["directoryGroup": "on call", "group": .string(stage.operators)]])
        try await stage.comesIn()
        #expect(try await stage.members() == [stage.scene.login])
        let kind = vendor == "dingtalk" ? "role/77" : "group/g78"
        try await stage.set([["directoryGroup": .string(kind), "group": .string(stage.operators)]])
        try await stage.scene.behave(["revoke": .bool(true)])
        try await stage.comesIn()
        #expect(try await stage.members() == [stage.scene.login])
        #expect(try await stage.scene.asked(stage.scene.tokenPlace) == 1)
        let none: JSON = ["role_list": [], "groups": [:]]
        try await stage.scene.behave(["details": none])
        try await stage.comesIn()
        #expect(try await stage.members().isEmpty)
    }

    @Test(arguments: ["dingtalk", "feishu"])
    func `an address opens nothing unless the company vouches for all of them`(_ vendor: String) async throws {
        let name = vendor == "dingtalk" ? "org_email" : "enterprise_email"
        for vouches in [false, true] {
            let stage = try await stage(vendor, settings: ["verifiesEmail": .bool(vouches)])
            try await stage.set([
                ["conditions": [attribute(name, "@example.org", "ends-with")], "group": .string(stage.operators)]
            ])
            try await stage.comesIn()
            #expect(try await stage.members().isEmpty == !vouches)
        }
    }

    @Test func `Slack's claims count as they are signed, an address only where Slack says that it is verified`()
        async throws
    {
        let stage = try await stage("slack")
        try await stage.set([
            ["conditions": [attribute("email", "@example.org", "ends-with")], "group": .string(stage.operators)],
            ["conditions": [attribute("https://slack.com/team_id", StandInMessengers.company)], "role": "auditor"],
        ])
        try await stage.comesIn()
        #expect(try await stage.members() == [stage.scene.login])
        #expect(try await stage.roles() == ["auditor", "user"])
        try await stage.scene.behave(["person": ["email_verified": .bool(false)]])
        try await stage.comesIn()
        #expect(try await stage.members().isEmpty)
        let tested = try await stage.test()
        guard case .array(let rules)? = tested.json["rules"] else { return #expect(Bool(false), "\(tested.text)") }
        #expect(rules.count == 1)
    }

    @Test func `departments without end are asked for no longer than it takes, and who comes in waits for no more`()
        async throws
    {
        let stage = try await stage("wecom")
        try await stage.set([["directoryGroup": "Technology", "group": .string(stage.operators)]])
        // Ten departments, each below the next.
        try await stage.scene.behave([
            "details": ["department": .array((100..<200).map { .int($0) })]
        ])
        try await stage.comesIn()
        #expect(try await stage.scene.asked(departments("wecom")) == 10)
        #expect(try await stage.members().isEmpty)
    }
}

extension JSON {
    /// How a step of a test ended.
    fileprivate func outcome(of step: String) -> String? {
        guard case .array(let steps) = self else { return nil }
        return steps.last { $0["name"]?.text == step }?["outcome"]?.text
    }
}
