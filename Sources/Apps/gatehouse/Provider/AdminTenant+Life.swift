import ArgumentParser
import Foundation
import Kernel

// The life of a tenant. Each of these may be repeated: what has happened already stays as it is.
extension AdminTenant {
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show a tenant.")

        @OptionGroup var change: TenantChange

        func run() async throws {
            let console = try change.provider.console()
            let answer = try await console.get("/tenants/\(try await console.tenantID(change.tenant))")
            change.output.show(answer, TenantChange.words(answer))
        }
    }

    struct Trial: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a tenant try the service, or move the end of its trial.")

        @OptionGroup var change: TenantChange
        @Option(name: .long, help: "How long from now: 14d, 30d.")
        var length: String

        func run() async throws { try await change.run("trial", try TenantTrial.member(length, "endsAt")) }
    }

    struct Activate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make a tenant a customer, without an end.")

        @OptionGroup var change: TenantChange

        func run() async throws { try await change.run("activate") }
    }

    struct Suspend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Close a tenant to its people; live sessions end.")

        @OptionGroup var change: TenantChange

        func run() async throws { try await change.run("suspend") }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Open a suspended tenant again.")

        @OptionGroup var change: TenantChange

        func run() async throws { try await change.run("resume") }
    }

    struct Close: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Close a tenant for good; everything of it is erased when the grace period is over.")

        @OptionGroup var change: TenantChange
        @Option(name: .long, help: "How many days the closing can be cancelled.")
        var graceDays = 30

        func run() async throws { try await change.run("close", ["graceDays": .int(Int64(graceDays))]) }
    }

    struct CancelClosing: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a closing tenant back what it was, within its grace period.")

        @OptionGroup var change: TenantChange

        func run() async throws { try await change.run("cancel-closing") }
    }
}

extension AdminTenant {
    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End the grace period now: everything of the tenant is erased within a minute, for ever.")

        @OptionGroup var change: TenantChange
        @Option(name: .long, help: "The tenant's name, to the letter: this cannot be undone.")
        var confirm: String

        func run() async throws { try await change.run("delete", ["confirm": .string(confirm)]) }
    }

    struct Proof: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the signed proof that a tenant was erased.",
            discussion: "Check it with gatehouse verify-erasure FILE --key=KEY; the key is printed here.")

        @OptionGroup var change: TenantChange
        @Option(name: [.customShort("o"), .customLong("file")], help: "The file; standard output if absent.")
        var file: String?

        func run() async throws {
            let console = try change.provider.console()
            let answer = try await console.get("/tenants/\(try await console.tenantID(change.tenant))/erasure")
            guard let proof = answer["proof"], proof != .null else {
                throw CommandFailure(
                    "The erasing of \(change.tenant.oneLine) began at \(answer.text("startedAt")) and is not done yet.")
            }
            guard let file else { return Console.out(String(decoding: proof.bytes, as: UTF8.self)) }
            try Data(proof.bytes).write(to: URL(filePath: file))
            let key = try await console.get("/erasure-key").text("publicKey")
            change.output.show(answer, "The proof is in \(file). The installation's key: \(key)")
        }
    }
}

/// A change of a tenant's state.
struct TenantChange: ParsableArguments {
    @OptionGroup var provider: ProviderOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The tenant: its slug or its id.")
    var tenant: String

    func run(_ verb: String, _ body: JSON? = nil) async throws {
        let console = try provider.console()
        let path = "/tenants/\(try await console.tenantID(tenant))/\(verb)"
        let answer = try await console.post(path, body)
        output.show(answer, Self.words(answer))
    }

    /// When the state ends by itself; empty if it does not.
    static func until(_ tenant: JSON) -> String {
        switch tenant.text("state") {
        case "trial": SpokenTime.local(tenant.text("trialEndsAt"))
        case "closing": SpokenTime.local(tenant.text("graceEndsAt"))
        default: ""
        }
    }

    /// The state, and until when.
    static func words(_ tenant: JSON) -> String {
        let name = "Tenant \(tenant.text("slug").oneLine) (\(tenant.text("id")))"
        switch tenant.text("state") {
        case "trial": return "\(name) is on trial until \(until(tenant))."
        case "active": return "\(name) is active."
        case "suspended": return "\(name) is suspended: nobody comes in, nothing is lost."
        case "closing":
            return "\(name) is closing: everything of it is erased at \(until(tenant))."
        default: return "\(name) is \(tenant.text("state"))."
        }
    }
}

/// The length of a trial, as a day of the API.
enum TenantTrial {
    static func member(_ length: String?, _ name: String) throws -> JSON {
        guard let length else { return [:] }
        guard let seconds = SpokenTime.seconds(length) else { throw CommandFailure("A trial takes 14d or 30d.") }
        return .object([.init(name, .string(Timestamp.text(Date().addingTimeInterval(Double(seconds)))))])
    }
}
