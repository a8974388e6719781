import ArgumentParser
import Kernel

/// What tenants are billed.
struct AdminInvoice: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invoice", abstract: "Invoices: made once for a month, and computable again to the byte.",
        subcommands: [List.self, Preview.self, Make.self, Export.self, Check.self, Push.self, Target.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List invoices, the newest first.")

        @OptionGroup var provider: ProviderOptions
        @OptionGroup var output: OutputOptions
        @Option(name: .long, help: "Only this tenant: its slug or its id.")
        var tenant: String?
        @Option(name: .long, help: "Only this month, such as 2026-11.")
        var month: String?

        func run() async throws {
            let console = try provider.console()
            var conditions: [String] = []
            if let tenant { conditions.append("tenant eq \"\(try await console.tenantID(tenant))\"") }
            if let month { conditions.append("month eq \(String(decoding: JSON.string(month).bytes, as: UTF8.self))") }
            let filter = conditions.isEmpty ? [] : [("filter", conditions.joined(separator: " and "))]
            output.show(
                try await console.list("/invoices", filter, atMost: 10_000),
                [
                    ("number", { $0.text("number") }), ("total", { String($0.int("total") ?? 0) }),
                    ("currency", { $0.text("currency") }), ("made", { SpokenTime.local($0.text("finalisedAt")) }),
                    ("sent", { SpokenTime.local($0.text("pushedAt")) }), ("id", { $0.text("id") }),
                ], empty: "There are none. Make one with: gatehouse admin invoice make")
        }
    }

    struct Preview: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show what a month's invoice would be now.")

        @OptionGroup var provider: ProviderOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "The tenant: its slug or its id.")
        var tenant: String
        @Argument(help: "The month, such as 2026-11.")
        var month: String

        func run() async throws {
            let console = try provider.console()
            let answer = try await console.get(
                "/tenants/\(try await console.tenantID(tenant))/invoice-preview", [("month", month)])
            if output.json { return output.show(answer, "") }
            output.show(
                answer.list("lines"),
                [
                    ("item", { $0.text("item") }), ("plan", { $0.text("plan") }),
                    ("quantity", { String($0.int("quantity") ?? 0) }), ("billed", { String($0.int("billed") ?? 0) }),
                    ("amount", { String($0.int("amount") ?? 0) }),
                ], empty: "Nothing would be billed.")
            Console.note("Total: \(answer.int("total") ?? 0) \(answer.text("currency")), in its smallest unit.")
        }
    }

    struct Make: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make the final invoices of a month that is over: of one tenant, or of all.",
            discussion: "Repeated, it finds the invoices that are there.")

        @OptionGroup var provider: ProviderOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "The month, such as 2026-11.")
        var month: String
        @Option(name: .long, help: "Only this tenant: its slug or its id.")
        var tenant: String?

        func run() async throws {
            let console = try provider.console()
            let tenants =
                if let tenant { [try await console.tenantID(tenant)] } else {
                    try await console.list("/tenants", atMost: 100_000).map { $0.text("id") }
                }
            var invoices: [JSON] = []
            for tenant in tenants {
                invoices.append(
                    try await console.post("/invoices", ["tenant": .string(tenant), "month": .string(month)]))
            }
            output.show(
                invoices,
                [
                    ("number", { $0.text("number") }), ("total", { String($0.int("total") ?? 0) }),
                    ("currency", { $0.text("currency") }), ("id", { $0.text("id") }),
                ], empty: "There are no tenants.")
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print an invoice: its lines as CSV, or the document whose hash it names.")

        @OptionGroup var provider: ProviderOptions
        @Flag(name: .long, help: "The document in JSON, to the byte.")
        var json = false
        @Argument(help: "The invoice's id.")
        var invoice: String

        func run() async throws {
            try await provider.console().download("/invoices/\(invoice)/\(json ? "document" : "csv")") { bytes in
                Console.out(raw: bytes)
            }
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compute an invoice again from the events, and compare it to the byte.")

        @OptionGroup var provider: ProviderOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "The invoice's id.")
        var invoice: String

        func run() async throws {
            let answer = try await provider.console().get("/invoices/\(invoice)/check")
            output.show(answer, "sha256 \(answer.text("stored")) stored\nsha256 \(answer.text("computed")) computed")
            guard answer.bool("isIdentical") else { throw CommandFailure("The events do not give this invoice.") }
        }
    }

    struct Push: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Send an invoice again.")

        @OptionGroup var provider: ProviderOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "The invoice's id.")
        var invoice: String

        func run() async throws {
            let answer = try await provider.console().post("/invoices/\(invoice)/push")
            output.show(answer, "Invoice \(answer.text("number")) is on its way.")
        }
    }

    struct Target: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show where invoices are sent; with an address, send them there and print the new secret.")

        @OptionGroup var provider: ProviderOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "An http or https address.")
        var url: String?

        func run() async throws {
            let console = try provider.console()
            guard let url else {
                let answer = try await console.get("/billing/target")
                return output.show(answer, answer.text("url").oneLine)
            }
            let answer = try await console.put("/billing/target", ["url": .string(url)])
            output.show(answer, answer.text("secret"))
        }
    }
}
