import ArgumentParser
import Foundation
import Kernel

/// Asks again for what a request has given, before or after it ends.
struct RenewRequest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "renew", abstract: "Ask to go on with what a request has given you.",
        discussion: """
            gatehouse renew 12 --reason "the migration takes longer"
            As long as the access runs, its end is to move, and what is open on it stays open.
            """)

    @OptionGroup var portal: PortalOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var again: AgainOptions
    @OptionGroup var sending: SendingOptions

    func run() async throws {
        let client = try portal.portal()
        let before = try await again.before(client)
        if let held = try await client.list("/my/grants").first(where: { $0.text("id") == before.text("grant") }),
            let end = SpokenTime.date(held.text("endsAt"))
        {
            let later = SpokenTime.stamp(end.addingTimeInterval(Double(try again.seconds(before))))
            try await sending.send(
                ExtendAccess.ask(held, until: later), because: again.reason ?? before.text("reason"), over: client,
                output)
        } else {
            try await again.send(as: "renews", before, over: client, sending, output)
        }
    }
}

/// Asks for the same as another request of one's own.
struct CloneRequest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clone", abstract: "Ask for the same as an earlier request of yours.",
        discussion: "gatehouse clone 12 --for 30m --reason \"the same alarm again\"")

    @OptionGroup var portal: PortalOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var again: AgainOptions
    @OptionGroup var sending: SendingOptions

    func run() async throws {
        let client = try portal.portal()
        try await again.send(as: "clones", try await again.before(client), over: client, sending, output)
    }
}

/// What `renew` and `clone` have in common.
struct AgainOptions: ParsableArguments {
    @Argument(help: "The request: its number or its id.")
    var request: String
    @Option(name: .long, help: "Why; the approvers read it. As it was if absent.")
    var reason: String?
    @Option(name: .customLong("for"), help: "How long: 30m, 8h, 7d. As it was if absent.")
    var duration: String?

    func before(_ client: APIClient) async throws -> JSON {
        let before = try await client.request(request)
        guard before.text("kind") == "access" else {
            throw CommandFailure("Only requests for access can be asked for again like this.")
        }
        return before
    }

    func seconds(_ before: JSON) throws -> Int {
        try duration.map { try SpokenTime.required($0, of: "--for") } ?? before.int("durationSeconds") ?? 3600
    }

    func send(
        as relation: String, _ before: JSON, over client: APIClient, _ sending: SendingOptions, _ output: OutputOptions
    ) async throws {
        let ask: JSON = [
            "kind": "access", "content": [relation: .string(before.text("id"))],
            "assets": .array(before.list("assets").map { .string($0.text("id")) }),
            "accounts": .array(before.list("accounts")), "protocols": .array(before.list("protocols")),
            "actions": .array(before.list("actions")), "durationSeconds": .int(Int64(try seconds(before))),
        ]
        try await sending.send(ask, because: reason ?? before.text("reason"), over: client, output)
    }
}

/// Asks for a later end of access that one holds.
struct ExtendAccess: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extend", abstract: "Ask for a later end of access that you hold; what is open stays open.",
        discussion: """
            gatehouse extend 12 --by 2h --reason "still copying"      the access that request 12 gave
            gatehouse extend grt_… --until "2026-12-01 22:00" --reason "still copying"
            """)

    @OptionGroup var portal: PortalOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var sending: SendingOptions
    @Argument(help: "The grant, as `gatehouse grants` shows it, or the number of the request that gave it.")
    var grant: String
    @Option(name: .long, help: "How much longer than now agreed: 30m, 8h, 7d.")
    var by: String?
    @Option(name: .long, help: "Until when, here: 2026-12-01 22:00.")
    var until: String?
    @Option(name: .long, help: "Why; the approvers read it.")
    var reason: String?

    func validate() throws {
        if (by == nil) == (until == nil) { throw ValidationError("Say how long: either --by or --until.") }
    }

    func run() async throws {
        let client = try portal.portal()
        let held = try await client.held(grant)
        let end: String
        if let by {
            guard let now = SpokenTime.date(held.text("endsAt")) else {
                throw CommandFailure("This access has no end that could be moved.")
            }
            end = SpokenTime.stamp(now.addingTimeInterval(Double(try SpokenTime.required(by, of: "--by"))))
        } else {
            end = try SpokenTime.moment(until ?? "", of: "--until")
        }
        try await sending.send(Self.ask(held, until: end), because: reason, over: client, output)
    }

    static func ask(_ held: JSON, until end: String) -> JSON {
        ["kind": "extension", "content": ["grant": .string(held.text("id")), "endsAt": .string(end)]]
    }
}

/// Asks for a role.
struct RequestRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "request-role", abstract: "Ask for a role for a while.",
        discussion: """
            gatehouse request-role                                       lists what may be asked for
            gatehouse request-role Auditor --at Berlin --for 8h --reason "quarterly review"
            """)

    @OptionGroup var portal: PortalOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var sending: SendingOptions
    @Argument(help: "The role, by name or id. Without one, those that may be asked for are listed.")
    var role: String?
    @Option(name: .long, help: "The organization in which you need it; the whole company if absent.")
    var at: String?
    @Option(name: .customLong("for"), help: "How long: 30m, 8h, 7d.")
    var duration = "8h"
    @Option(name: .long, help: "Why; the approvers read it.")
    var reason: String?

    func run() async throws {
        let client = try portal.portal()
        let askable = try await client.get("/my/askable-roles")
        guard let role else {
            return output.show(
                askable.list("roles"), [("role", { $0.text("name") }), ("id", { $0.text("id") })],
                empty: "There is no role that you may ask for.")
        }
        var content: JSON = [
            "role": .string(try Self.find(role, in: askable.list("roles"), "role that you may ask for")),
            "durationSeconds": .int(Int64(try SpokenTime.required(duration, of: "--for"))),
        ]
        if let at {
            content = content.merging([
                "organization": .string(
                    try Self.find(at, in: askable.list("organizations"), "organization in which it can be held"))
            ])
        }
        try await sending.send(["kind": "role", "content": content], because: reason, over: client, output)
    }

    /// By id, or by a name that only one of them has.
    static func find(_ name: String, in rows: [JSON], _ what: String) throws -> String {
        if let row = rows.first(where: { $0.text("id") == name }) { return row.text("id") }
        let named = rows.filter { $0.text("name").lowercased() == name.lowercased() }
        guard let row = named.first else {
            let names = rows.map { $0.text("name") }.joined(separator: ", ")
            throw CommandFailure("\(name) is no \(what). There are: \(names.isEmpty ? "none" : names).".oneLine)
        }
        guard named.count == 1 else { throw CommandFailure("Several have the name \(name.oneLine): say the id.") }
        return row.text("id")
    }
}

/// Takes emergency access at once.
struct BreakGlass: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "break-glass", abstract: "Take emergency access at once. Everybody who has to know is told.",
        discussion: """
            gatehouse break-glass                                        shows what you may take
            gatehouse break-glass root@db-1 --for 30m --reason "site down, nobody answers"
            gatehouse break-glass root@db-1 --action download --reason "logs for the vendor"
            Asks for a code of your authenticator (programs: GATEHOUSE_CODE), and is reviewed within a day.
            """)

    @OptionGroup var portal: PortalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "What you need: account@asset, or assets by name with --account.")
    var targets: [String] = []
    @Option(name: .long, help: "The account on all of them; may be given several times.")
    var account: [String] = []
    @Option(name: .long, help: "Why; told to everybody who has to know.")
    var reason: String?
    @Option(name: .long, help: "What you have to do besides connecting: upload, download … May be given several times.")
    var action: [String] = []
    @Option(name: .customLong("for"), help: "How long: 30m, 2h.")
    var duration = "1h"

    func run() async throws {
        let client = try portal.portal()
        guard !targets.isEmpty else { return try await tell(client) }
        guard let reason else { throw CommandFailure("Say why with --reason; everybody who has to know reads it.") }
        let wish = try RequestWish(targets, accounts: account)
        var ids: [JSON] = []
        for name in wish.assets { ids.append(.string(try await client.requestable(name))) }
        let body: JSON = [
            "reason": .string(reason), "assets": .array(ids), "accounts": .array(wish.accounts.map(JSON.string)),
            "actions": .array((["connect"] + action).map(JSON.string)),
            "durationSeconds": .int(Int64(try SpokenTime.required(duration, of: "--for"))),
        ]
        Console.note(
            "EMERGENCY ACCESS: it is given at once. Administrators and approvers are told now, everything is recorded, "
                + "and somebody reviews it within a day.")
        let ticket = try await client.withTypedFactor(orAt: "/break-glass") { try await $0.post("/break-glass", body) }
        output.show(
            ticket,
            "You are in for \(duration): \(TicketText.ask(ticket)). Request \(ticket.int("number") ?? 0) is its review; "
                .oneLine + "hand it back when you are done: gatehouse hand-back \(ticket.text("grant"))")
    }

    private func tell(_ client: APIClient) async throws {
        let mine = try await client.get("/my/break-glass")
        let rules = mine.list("rules").map { rule in
            let more = rule.list("actions").compactMap(\.text).filter { $0 != "connect" }
            let actions = (["connect"] + more).joined(separator: ", ")
            return "  \(rule.text("name")): \(SpokenTime.words(rule.int("maxSeconds") ?? 0)), to \(actions)"
        }
        let text =
            mine.bool("isBlocked")
            ? "An earlier use of yours waits for its review: nothing is given before."
            : rules.isEmpty
                ? "No rule gives you emergency access. Ask with: gatehouse request ACCOUNT@ASSET --reason WHY"
                : (["You may take emergency access by these rules, at most for:"] + rules).map(\.oneLine)
                    .joined(separator: "\n")
        output.show(mine, text)
    }
}
