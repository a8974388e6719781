import ArgumentParser
import Foundation
import Kernel

/// What the provider sells.
struct AdminPlan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Plans: limits, and what use costs.",
        subcommands: [List.self, Show.self, Apply.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List plans.")

        @OptionGroup var provider: ProviderOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            output.show(
                try await provider.console().list("/plans"),
                [
                    ("code", { $0.text("code") }), ("name", { $0.text("name") }), ("state", { $0.text("state") }),
                    ("currency", { $0.text("currency") }), ("default", { $0.bool("isDefault") ? "yes" : "" }),
                    ("limits", { PlanText.limits($0.list("limits")) }),
                ], empty: "There are none.")
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a plan with its prices; --json prints what apply takes.")

        @OptionGroup var provider: ProviderOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "The plan's code.")
        var code: String

        func run() async throws {
            let plan = try await provider.console().plan(code)
            let prices = plan.list("prices").map { price in
                "  \(price.text("item")): \(price.int("amount") ?? 0) per \(price.int("per") ?? 1)"
                    + (price.int("included").map { $0 > 0 ? ", \($0) included" : "" } ?? "")
            }
            output.show(
                plan,
                ([
                    "\(plan.text("name").oneLine) (\(plan.text("code"))), \(plan.text("currency"))",
                    "limits: \(PlanText.limits(plan.list("limits")))",
                    "prices, in the smallest unit of the currency:",
                ] + (prices.isEmpty ? ["  none"] : prices)).joined(separator: "\n"))
        }
    }

    struct Apply: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create a plan, or change the one with the same code, from a file of JSON.",
            discussion: """
                {"code": "team", "name": "Team", "currency": "EUR", "contact": "sales@host.example",
                 "limits": [{"kind": "users", "amount": 25}, {"kind": "sessions", "amount": 10}],
                 "prices": [{"item": "subscription", "amount": 4900},
                            {"item": "session-seconds", "amount": 12, "per": 3600, "included": 360000}]}
                Amounts are in the smallest unit of the currency. Prices hold from now on.
                """)

        @OptionGroup var provider: ProviderOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "The file; - is standard input.", completion: .file())
        var file: String

        func run() async throws {
            let wanted = try read()
            let console = try provider.console()
            let found = try await console.list("/plans", [("filter", "code eq \(wanted.text("code").quoted)")])
            guard let plan = found.first else {
                let made = try await console.post("/plans", wanted)
                return output.show(made, "Plan \(made.text("code")) is there.")
            }
            guard wanted.text("currency").isEmpty || wanted.text("currency") == plan.text("currency") else {
                throw CommandFailure("A plan keeps its currency, which is \(plan.text("currency")): make another plan.")
            }
            let fields = [
                "name", "description", "contact", "softPercent", "limits", "prices", "state", "isDefault",
            ]
            let change = fields.compactMap { name in wanted[name].map { JSON.Member(name, $0) } }
            let answer = try await console.patch(
                "/plans/\(plan.text("id"))", .object(change.filter { $0.name != "isDefault" || $0.value == true }),
                version: plan.int("version") ?? 0)
            output.show(answer, "Plan \(answer.text("code")) is changed.")
        }

        private func read() throws -> JSON {
            let data =
                file == "-"
                ? FileHandle.standardInput.readDataToEndOfFile() : FileManager.default.contents(atPath: file)
            guard let data else { throw CommandFailure("\(file) cannot be read.") }
            guard let json = try? JSONParser.parse(Array(data)), !json.text("code").isEmpty else {
                throw CommandFailure("\(file) is not a JSON object with a code.")
            }
            return json
        }
    }
}

/// A tenant's plan.
struct AdminTenantPlan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "A tenant's plan, and what it uses of it.", subcommands: [Show.self, Give.self])

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show a tenant's plan and what it uses of it.")

        @OptionGroup var provider: ProviderOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "The tenant: its slug or its id.")
        var tenant: String

        func run() async throws {
            let console = try provider.console()
            let answer = try await console.get("/tenants/\(try await console.tenantID(tenant))/quotas")
            if output.json { return output.show(answer, "") }
            Console.note("Plan \(answer.text("planName").oneLine) (\(answer.text("planCode")))")
            output.show(
                answer.list("items"),
                [
                    ("limit", { $0.text("kind") }), ("used", { $0.int("used").map(String.init) ?? "-" }),
                    ("of", { $0.int("limit").map(String.init) ?? "no limit" }), ("state", { $0.text("state") }),
                ], empty: "There are no limits.")
        }
    }

    struct Give: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a tenant a plan, and limits of its own in place of the plan's.")

        @OptionGroup var provider: ProviderOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "The tenant: its slug or its id.")
        var tenant: String
        @Argument(help: "The plan's code.")
        var plan: String
        @Option(name: .long, help: "A limit of this tenant: users=50, or users=none. May be repeated.")
        var limit: [String] = []
        @Option(name: .long, help: "Why, for colleagues.")
        var note = ""

        func run() async throws {
            let console = try provider.console()
            let answer = try await console.put(
                "/tenants/\(try await console.tenantID(tenant))/plan",
                [
                    "plan": .string(plan), "overrides": .array(try limit.map(PlanText.limit)), "note": .string(note),
                ])
            output.show(answer, "Tenant \(tenant.oneLine) has plan \(answer.text("code")).")
        }
    }
}

/// Limits as people write and read them.
enum PlanText {
    /// `users=50` or `users=none`.
    static func limit(_ text: String) throws -> JSON {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { throw CommandFailure("--limit takes users=50 or users=none.") }
        if parts[1] == "none" { return ["kind": .string(parts[0]), "amount": nil] }
        guard let amount = Int64(parts[1]), amount >= 0 else {
            throw CommandFailure("--limit takes users=50 or users=none.")
        }
        return ["kind": .string(parts[0]), "amount": .int(amount)]
    }

    static func limits(_ limits: [JSON]) -> String {
        let words = limits.map { "\($0.text("kind"))=\($0.int("amount").map(String.init) ?? "none")" }
        return words.isEmpty ? "none" : words.joined(separator: " ")
    }
}

extension APIClient {
    /// The plan with a code.
    func plan(_ code: String) async throws -> JSON {
        let found = try await list("/plans", [("filter", "code eq \(code.quoted)")], atMost: 1)
        guard let plan = found.first else { throw CommandFailure("There is no plan \(code.oneLine).") }
        return plan
    }
}

extension String {
    /// As a value of a filter.
    fileprivate var quoted: String { JSON.string(self).inWords }
}
