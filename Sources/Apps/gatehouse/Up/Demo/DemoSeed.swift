import Kernel

/// Fills the demo tenant through the API, as its administrator would in the portal.
struct DemoSeed {
    let installation: Installation
    let console: APIClient
    let target: DemoTarget

    func callAsFunction() async throws -> Demo {
        var ada = DemoPerson(login: "ada", name: "Ada Admin", does: "administrator")
        let origin = installation.origin(Demo.tenant)
        let visitor = DemoVisitor(origin: origin)
        let created = try await console.post(
            "/tenants",
            [
                "slug": .string(Demo.tenant), "name": "Acme Corporation",
                "administrator": ["login": .string(ada.login), "name": .string(ada.name)],
            ])
        let invitation = created.text("invitationUrl")
        guard !invitation.isEmpty else {
            throw CommandFailure(
                "The demo tenant is there, but its logins are not in \(installation.demoFile). "
                    + "Start with --no-demo, or with a new --directory.")
        }
        let admin = try await visitor.enter(&ada, by: invitation)
        var people = [ada]
        var ids: [String: String] = [:]
        for var person in Self.others {
            let user = try await admin.post(
                "/users", ["login": .string(person.login), "name": .string(person.name), "roles": ["user"]])
            _ = try await visitor.enter(&person, by: user.text("invitationUrl"))
            ids[person.login] = user.text("id")
            people.append(person)
        }
        try await addAsset(admin)
        try await addFlow(admin, ids)
        let demo = Demo(
            people: people, operator: try await makeOperator(), account: target.account, targetPort: target.port)
        try demo.save(installation.demoFile)
        return demo
    }

    /// Somebody of the hosting provider, who may do everything at the console.
    func makeOperator() async throws -> DemoPerson {
        var olga = DemoPerson(login: "olga", name: "Olga Operator", does: "provider's console")
        let added = try await console.post(
            "/operators",
            [
                "login": .string(olga.login), "name": .string(olga.name), "roles": ["operator", "billing", "support"],
            ])
        let visitor = DemoVisitor(origin: console.origin, prefix: console.prefix)
        _ = try await visitor.enter(&olga, by: added.text("invitationUrl"))
        return olga
    }

    private static let others = [
        DemoPerson(login: "lena", name: "Lena Lead", does: "approver, level 1"),
        DemoPerson(login: "otto", name: "Otto Officer", does: "approver, level 2"),
        DemoPerson(login: "dana", name: "Dana Developer", does: "user"),
    ]

    private func addAsset(_ admin: APIClient) async throws {
        let asset = try await admin.post(
            "/assets",
            [
                "name": .string(Demo.asset), "address": "127.0.0.1", "port": .int(Int64(target.port)),
                "description": "A private sshd of this installation",
            ])
        let scanned = try await admin.post("/assets/\(asset.text("id"))/host-keys/scan")
        for key in scanned.list("hostKeys") { try await admin.post("/host-keys/\(key.text("id"))/pin") }
        guard let secret = PrivateFile.read(target.clientKeyFile) else {
            throw CommandFailure("\(target.clientKeyFile) cannot be read.")
        }
        try await admin.post(
            "/accounts",
            [
                "asset": .string(asset.text("id")), "name": .string(target.account), "kind": "ssh-key",
                "secret": .string(String(decoding: secret, as: UTF8.self)),
            ])
    }

    private func addFlow(_ admin: APIClient, _ ids: [String: String]) async throws {
        func level(_ name: String, _ login: String) -> JSON {
            ["name": .string(name), "approvers": [["user": .string(ids[login] ?? "")]]]
        }
        try await admin.post(
            "/flows",
            [
                "name": "Two pairs of eyes", "isDefault": true,
                "levels": [level("Team lead", "lena"), level("Security", "otto")],
            ])
    }
}
