import ArgumentParser
import Kernel

/// Workers.
struct AdminWorker: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Workers.",
        subcommands: [
            Token.self, List.self, Place.self, Drain.self, Resume.self, Quarantine.self, Remove.self, Pin.self,
            Unpin.self, Rules.self,
        ])

    struct Token: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a one-time token by which a machine becomes a worker.")

        @OptionGroup var provider: ProviderOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var place: PlaceOptions

        func run() async throws {
            let answer = try await provider.console().post("/worker-enrolments", try place.json())
            output.show(answer, answer.text("token"))
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List workers.")

        @OptionGroup var provider: ProviderOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            output.show(
                try await provider.console().list("/workers"),
                [
                    ("name", { $0.text("name") }), ("state", { $0.text("state") }),
                    ("heard of", { $0["isConnected"] == .bool(true) ? "yes" : "no" }), ("pool", { $0.text("pool") }),
                    ("region", { $0.text("region") }), ("labels", { WorkerLabels.text($0.list("labels")) }),
                    ("sessions", { String($0.int("sessions") ?? 0) }), ("load", { "\($0.int("load") ?? 0)%" }),
                    ("version", { $0.text("version") }), ("ssh", { $0.text("sshEndpoint") }),
                    ("id", { $0.text("id") }),
                ],
                empty: "There are none. Make a token with: gatehouse admin worker token")
        }
    }

    struct Place: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put a worker into a pool and a region, with these labels. Its sessions go on.")

        @OptionGroup var provider: ProviderOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var place: PlaceOptions
        @Argument(help: "The worker: its name or its id.")
        var worker: String

        func run() async throws {
            let console = try provider.console()
            let answer = try await console.put(
                "/workers/\(try await console.workerID(worker))/place", try place.json())
            output.show(answer, "Worker \(worker.oneLine) is in the pool \(answer.text("pool").oneLine).")
        }
    }

    struct Drain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a worker take no new sessions; those that run go on.")

        @OptionGroup var order: WorkerOrderOptions

        func run() async throws { try await order.run("drain", "takes no new sessions") }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let a worker work again.")

        @OptionGroup var order: WorkerOrderOptions

        func run() async throws { try await order.run("resume", "works") }
    }

    struct Quarantine: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Trust a worker no more: its sessions end, its tokens are worth nothing.")

        @OptionGroup var order: WorkerOrderOptions

        func run() async throws { try await order.run("quarantine", "is trusted no more") }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a worker for good. Its sessions end; its name is free.")

        @OptionGroup var provider: ProviderOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "The worker: its name or its id.")
        var worker: String

        func run() async throws {
            let console = try provider.console()
            try await console.delete("/workers/\(try await console.workerID(worker))")
            output.show([:], "Worker \(worker.oneLine) is removed.")
        }
    }
}

/// Where a worker stands.
struct PlaceOptions: ParsableArguments {
    @Option(name: .long, help: "The pool. Tenants that are bound to nothing use the pool default.")
    var pool = "default"
    @Option(name: .long, help: "The region, for rules about the nearest gateway.")
    var region = ""
    @Option(name: .long, help: "A label, key=value; may be repeated.")
    var label: [String] = []

    func json() throws -> JSON {
        ["pool": .string(pool), "region": .string(region), "labels": try WorkerLabels.json(label)]
    }
}

/// Labels, as people write them.
enum WorkerLabels {
    static func json(_ words: [String]) throws -> JSON {
        .array(
            try words.map { word in
                let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2, !parts[0].isEmpty else {
                    throw CommandFailure("\(word.oneLine) is not of the form key=value.")
                }
                return ["key": .string(String(parts[0])), "value": .string(String(parts[1]))]
            })
    }

    static func text(_ labels: [JSON]) -> String {
        labels.map { "\($0.text("key"))=\($0.text("value"))" }.joined(separator: " ")
    }
}

/// Something that is done with one worker.
struct WorkerOrderOptions: ParsableArguments {
    @OptionGroup var provider: ProviderOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The worker: its name or its id.")
    var worker: String

    func run(_ verb: String, _ words: String) async throws {
        let console = try provider.console()
        let answer = try await console.post("/workers/\(try await console.workerID(worker))/\(verb)")
        output.show(answer, "Worker \(worker.oneLine) \(words).")
    }
}

extension APIClient {
    /// The id of a worker that is named by name or id.
    func workerID(_ name: String) async throws -> String {
        if WorkerID(name) != nil { return name }
        let found = try await list("/workers", [("filter", "name eq \(JSON.string(name).inWords)")], atMost: 1)
        guard let worker = found.first else { throw CommandFailure("There is no worker \(name.oneLine).") }
        return worker.text("id")
    }
}
