import ArgumentParser
import Kernel

extension AdminWorker {
    struct Pin: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Bind a tenant to pools and labels of workers: no other worker opens its sessions.")

        @OptionGroup var provider: ProviderOptions
        @OptionGroup var output: OutputOptions
        @Option(name: .long, help: "A pool; may be repeated.")
        var pool: [String]
        @Option(name: .long, help: "A label that each worker must carry, key=value; may be repeated.")
        var label: [String] = []
        @Argument(help: "The tenant: its slug or its id.")
        var tenant: String

        func run() async throws {
            let console = try provider.console()
            let answer = try await console.put(
                "/tenants/\(try await console.tenantID(tenant))/pinning",
                ["pools": .array(pool.map(JSON.string)), "labels": try WorkerLabels.json(label)])
            output.show(answer, "Tenant \(tenant.oneLine) is bound to \(pool.joined(separator: ", ").oneLine).")
        }
    }

    struct Unpin: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let a tenant use the pool default again.")

        @OptionGroup var provider: ProviderOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "The tenant: its slug or its id.")
        var tenant: String

        func run() async throws {
            let console = try provider.console()
            try await console.delete("/tenants/\(try await console.tenantID(tenant))/pinning")
            output.show([:], "Tenant \(tenant.oneLine) uses the pool default.")
        }
    }

    struct Rules: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show or replace the rules by which people are led to gateways.",
            discussion: """
                The file is JSON: {"rules": [{"name": "Branch", "clientNetworks": ["10.2.0.0/16"], "region": "eu"}]}.
                The first rule that fits decides; a tenant's own rules come before these.
                """)

        @OptionGroup var provider: ProviderOptions
        @OptionGroup var output: OutputOptions
        @Option(name: .long, help: "A file with all rules, which take the place of those that are there.")
        var set: String?

        func run() async throws {
            let console = try provider.console()
            let answer =
                if let set {
                    try await console.put("/endpoint-rules", try JSONFile.read(set))
                } else {
                    try await console.get("/endpoint-rules")
                }
            output.show(
                answer, answer.list("rules").map { $0.text("name") }.joined(separator: "\n"))
        }
    }
}
