import ArgumentParser
import Foundation
import Kernel

/// Asks for the secret of an account.
struct RequestSecret: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "request-secret", abstract: "Ask to see the secret of an account for a while.",
        discussion: """
            gatehouse request-secret root@db-1 --for 1h --reason "console login, the network is down" --wait
            Once it is approved: gatehouse secrets show 12, and when you are done: gatehouse secrets check-in 12
            """)

    @OptionGroup var portal: PortalOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var sending: SendingOptions
    @Argument(help: "Whose secret: account@asset.")
    var target: String
    @Option(name: .long, help: "Why; the approvers read it.")
    var reason: String?
    @Option(name: .customLong("for"), help: "How long: 30m, 8h, 7d.")
    var duration = "1h"
    @Option(name: .long, help: "When it is to begin, if not at once: 2h from now, or 2026-12-01 22:00 here.")
    var start: String?

    func run() async throws {
        let wish = try RequestWish([target], accounts: [])
        let client = try portal.portal()
        var ask: JSON = [
            "kind": "secret", "assets": [.string(try await client.requestable(wish.assets[0]))],
            "accounts": .array(wish.accounts.map(JSON.string)),
            "durationSeconds": .int(Int64(try SpokenTime.required(duration, of: "--for"))),
        ]
        if let start { ask = ask.merging(["startsAt": .string(try SpokenTime.moment(start, of: "--start"))]) }
        try await sending.send(ask, because: reason, over: client, output)
    }
}

/// What one has checked out.
struct Secrets: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "secrets", abstract: "List, show and give back the secrets that you have checked out.",
        subcommands: [ListSecrets.self, ShowSecret.self, CheckInSecret.self], defaultSubcommand: ListSecrets.self)
}

struct ListSecrets: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the secrets that you have checked out, and until when.")

    @OptionGroup var listing: ListOptions

    func run() async throws {
        try await listing.show(
            "/my/check-outs",
            [
                ("request", { String($0.int("number") ?? 0) }),
                ("secret of", { "\($0.text("accountName"))@\($0.text("assetName"))" }),
                ("from", { SpokenTime.local($0.text("startsAt")) }),
                ("until", { SpokenTime.local($0.text("endsAt")) }),
                ("state", { $0.text("endedBecause").isEmpty ? $0.text("state") : $0.text("endedBecause") }),
                ("shown", { String($0.int("shownCount") ?? 0) }),
            ],
            empty: "You have no secret. Ask with: gatehouse request-secret ACCOUNT@ASSET --reason WHY")
    }
}

struct ShowSecret: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a secret that you have checked out.",
        discussion: """
            Each showing is in the audit trail, and whoever answers for the asset is told. Asks for a code of your \
            authenticator (programs: GATEHOUSE_CODE).
            """)

    @OptionGroup var portal: PortalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The check-out: its id, or the number of the request that gave it.")
    var checkOut: String
    @Option(name: .long, help: "Write the secret to this file, readable by you alone, instead of printing it.")
    var outputFile: String?

    func run() async throws {
        let client = try portal.portal()
        let id = try await client.checkedOut(checkOut)
        let answer = try await client.withTypedFactor(orAt: "/my/secrets") {
            try await $0.post("/my/check-outs/\(id)/show")
        }
        if let outputFile {
            try PrivateFile.write(Array((answer.text("secret") + "\n").utf8), to: outputFile)
            return output.show(["file": .string(outputFile)], "The secret is in \(outputFile).")
        }
        output.show(answer, answer.text("secret"))
    }
}

struct CheckInSecret: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-in", abstract: "Give back a secret that you have checked out, before its time is over.")

    @OptionGroup var portal: PortalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The check-out: its id, or the number of the request that gave it.")
    var checkOut: String

    func run() async throws {
        let client = try portal.portal()
        let answer = try await client.post("/my/check-outs/\(try await client.checkedOut(checkOut))/check-in")
        output.show(answer, "The secret of \(answer.text("accountName"))@\(answer.text("assetName")) is back.".oneLine)
    }
}

extension APIClient {
    /// The id of what one has checked out, by id or by the number of the request that gave it.
    func checkedOut(_ name: String) async throws -> String {
        if CheckOutID(name) != nil { return name }
        let number = name.hasPrefix("#") ? String(name.dropFirst()) : name
        let found = try await list("/my/check-outs", [("filter", "state eq \"active\"")])
            .first { String($0.int("number") ?? 0) == number }
        guard let found else {
            throw CommandFailure("You have no secret by this request, or it is over. See: gatehouse secrets")
        }
        return found.text("id")
    }
}
