import Kernel

/// The demo tenant as it was made: who there is, and how they come in.
struct Demo: Sendable {
    static let tenant = "acme"
    static let asset = "web-1"

    let people: [DemoPerson]
    let account: String

    /// Reads what an earlier start made.
    init?(_ path: String) throws {
        guard let bytes = PrivateFile.read(path) else { return nil }
        guard let json = try? JSONParser.parse(bytes) else {
            throw CommandFailure("\(path) is damaged. Remove it to go on without the demo's logins.")
        }
        self.init(people: json.list("people").map(DemoPerson.init), account: json.text("account"))
    }

    init(people: [DemoPerson], account: String) {
        self.people = people
        self.account = account
    }

    func save(_ path: String) throws {
        let json: JSON = [
            "tenant": .string(Self.tenant), "account": .string(account), "people": .array(people.map(\.json)),
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
