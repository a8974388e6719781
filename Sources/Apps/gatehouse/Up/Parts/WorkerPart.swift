import Glibc
import Kernel

/// One gateway worker of the installation.
struct WorkerPart: Sendable {
    private let name: String
    private let program: String
    private let configFile: String
    private let identityFile: String
    private let sshPort: Int
    private let webPort: Int

    init(_ installation: Installation, number: Int) throws {
        name = "worker-\(number)"
        program = try Programs.companion("gatehouse-worker")
        configFile = "\(installation.config)/\(name).json"
        let folder = "\(installation.folder)/\(name)"
        identityFile = "\(folder)/identity.json"
        sshPort = installation.sshPort + number - 1
        webPort = installation.webPort + number - 1
        try PrivateFile.folder(folder)
        let json: JSON = [
            "controlPlane": .string(installation.origin("workers")), "name": .string(name),
            "state": .string(folder),
            "ssh": ["host": "127.0.0.1", "port": .int(Int64(sshPort))],
            "web": ["host": "127.0.0.1", "port": .int(Int64(webPort))],
            "sshEndpoint": .string("\(installation.sshHost):\(sshPort)"),
            "webEndpoint": .string("ws://\(installation.sshHost):\(webPort)"),
        ]
        try PrivateFile.write(json.bytes, to: configFile)
    }

    var isEnrolled: Bool { access(identityFile, F_OK) == 0 }

    /// Makes it a worker of this control plane, by a one-time token.
    func enrol(_ console: APIClient) async throws {
        let answer = try await console.post("/worker-enrolments", ["pool": "default"])
        // The token goes in by standard input: arguments can be seen by everybody.
        let result = try await Tool.run(
            [program, "enrol", "--config", configFile, "--token-file", "-"], input: answer.text("token") + "\n")
        guard result.succeeded else { throw CommandFailure("\(name) could not be enrolled:\n\(result.output)") }
    }

    var part: Part {
        let port = sshPort
        return Part(
            name: "gatehouse-\(name)", command: ChildCommand(words: [program, "run", "--config", configFile]),
            grace: .seconds(20), isReady: { LoopbackPort.accepts(port) })
    }
}
