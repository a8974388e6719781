import ArgumentParser

/// The data plane: relays sessions, records them, and decides nothing.
@main
struct Worker: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gatehouse-worker", abstract: "A gateway worker: relays and records sessions.",
        subcommands: [Run.self, Enrol.self, Recover.self])
}

/// The version that the control plane is told.
let workerVersion = "0.1.0"
