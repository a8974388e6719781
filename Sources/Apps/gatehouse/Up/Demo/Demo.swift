import Kernel

/// The demo as it was made: who there is in the tenant and at the provider, and how they come in.
struct Demo: Sendable {
    static let tenant = "acme"
    static let asset = "web-1"

    let people: [DemoPerson]
    /// Somebody of the hosting provider.
    var `operator`: DemoPerson?
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
            people: json.list("people").map(DemoPerson.init), operator: json["operator"].map(DemoPerson.init),
            account: json.text("account"), targetPort: json.int("targetPort") ?? 0)
    }

    init(people: [DemoPerson], operator: DemoPerson? = nil, account: String, targetPort: Int) {
        self.people = people
        self.operator = `operator`
        self.account = account
        self.targetPort = targetPort
    }

    func save(_ path: String) throws {
        let person: JSON = `operator`.map { ["operator": $0.json] } ?? [:]
        let json: JSON = [
            "tenant": .string(Self.tenant), "account": .string(account), "targetPort": .int(Int64(targetPort)),
            "people": .array(people.map(\.json)),
        ]
        try PrivateFile.write(json.merging(person).bytes, to: path)
    }

    /// Everybody who can sign in, at the portal or at the console.
    var everybody: [DemoPerson] { people + (`operator`.map { [$0] } ?? []) }

    /// The logins, for the terminal.
    var table: String {
        TextTable(
            ["who", "login", "password", "authenticator secret"],
            everybody.map { [$0.does, $0.login, $0.password, $0.secret] }
        ).text
    }
}
