import ArgumentParser
import Foundation
import Kernel

/// Who answers while one is away.
struct Away: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Have somebody answer requests for you while you are away.",
        subcommands: [Show.self, Set.self, End.self], defaultSubcommand: Show.self)

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show who answers for you, and for whom you do.")

        @OptionGroup var portal: PortalOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            output.show(
                try await portal.portal().get("/me/delegations").list("items"),
                [
                    ("id", { $0.text("id") }), ("from", { $0.text("from", "name") }), ("to", { $0.text("to", "name") }),
                    ("starts", { SpokenTime.local($0.text("startsAt")) }),
                    ("ends", { SpokenTime.local($0.text("endsAt")) }),
                    ("ended", { SpokenTime.local($0.text("endedAt")) }), ("note", { $0.text("note") }),
                ], empty: "Nobody answers for you, and you for nobody. Set it with: gatehouse away set LOGIN --until …")
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Name who answers for you.",
            discussion: "gatehouse away set lin --until \"2026-12-24 18:00\" --note \"on holiday\"")

        @OptionGroup var portal: PortalOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "The login of a colleague.")
        var colleague: String
        @Option(name: .long, help: "Until when: 5d from now, or 2026-12-24 18:00 here.")
        var until: String
        @Option(name: .long, help: "From when on, if not at once.")
        var start: String?
        @Option(name: .long, help: "A word about it; both of you read it.")
        var note = ""

        func run() async throws {
            let client = try portal.portal()
            let to: JSON = UserID(colleague) == nil ? ["login": .string(colleague)] : ["user": .string(colleague)]
            var body: JSON = [
                "to": to, "endsAt": .string(try SpokenTime.moment(until, of: "--until")), "note": .string(note),
            ]
            if let start { body = body.merging(["startsAt": .string(try SpokenTime.moment(start, of: "--start"))]) }
            let delegation = try await client.withTypedFactor(orAt: "/profile") {
                try await $0.post("/me/delegations", body)
            }
            output.show(
                delegation,
                "\(delegation.text("to", "name")) answers for you until \(SpokenTime.local(delegation.text("endsAt")))."
                    .oneLine)
        }
    }

    struct End: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "End it before its end.")

        @OptionGroup var portal: PortalOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "Which, as `gatehouse away` shows it. Absent for all that you gave.")
        var id: String?

        func run() async throws {
            let client = try portal.portal()
            var ids = id.map { [$0] } ?? []
            if id == nil {
                let me = try await client.get("/me").text("user", "id")
                ids = try await client.get("/me/delegations").list("items")
                    .filter { $0.text("from", "id") == me && $0.text("endedAt").isEmpty }
                    .filter { (SpokenTime.date($0.text("endsAt")) ?? .distantPast) > .now }.map { $0.text("id") }
            }
            var ended: [JSON] = []
            for id in ids {
                ended.append(try await client.post("/me/delegations/\(APIClient.escape(id))/end"))
            }
            output.show(
                .array(ended), ended.isEmpty ? "Nobody answers for you." : "You answer for yourself again.")
        }
    }
}
