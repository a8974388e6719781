import Kernel

/// The demo tenant as it was made: who there is, and how they come in.
struct Demo: Sendable {
    static let tenant = "acme"
    static let asset = "web-1"

    let people: [DemoPerson]
    let account: String
    /// Where the target listened when the asset was made.
    let targetPort: Int

    /// Reads what an earlier start made.
    init?(_ path: String) throws {
        guard let bytes = PrivateFile.read(path) else { return nil }
        guard let json = try? JSONParser.parse(bytes) else {
            throw CommandFailure("\(path) is damaged. Remove it to go on without the demo's logins.")
        }
        self.init(
            people: json.list("people").map(DemoPerson.init), account: json.text("account"),
            targetPort: json.int("targetPort") ?? 0)
    }

    init(people: [DemoPerson], account: String, targetPort: Int) {
        self.people = people
        self.account = account
        self.targetPort = targetPort
    }

    func save(_ path: String) throws {
        let json: JSON = [
            "tenant": .string(Self.tenant), "account": .string(account), "targetPort": .int(Int64(targetPort)),
            "people": .array(people.map(\.json)),
        ]
        try PrivateFile.write(json.bytes, to: path)
    }

    /// The logins, for the terminal.
    var table: String {
        TextTable(
            ["who", "login", "password", "authenticator secret"],
            people.map { [$0.does, $0.login, $0.password, $0.secret] }
        ).text
    }
}
