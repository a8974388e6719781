import ArgumentParser
import Cryptography
import FoundationEssentials
import GatewayCore
import Kernel
import Logging
import Outbound

/// Makes this machine a worker of the installation, once.
struct Enrol: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Enrol this machine with a one-time token from the control plane.")

    @Option(help: "The configuration, a JSON file.")
    var config: String

    @Option(help: "The file that holds the token; - reads it from standard input, since arguments are public.")
    var tokenFile: String

    func run() async throws {
        let configuration = try WorkerConfiguration.read(config)
        guard !FileManager.default.fileExists(atPath: configuration.identityFile) else {
            throw StartError("\(configuration.identityFile) exists: this machine is enrolled. Remove it to start anew.")
        }
        let http = HTTPClient(
            configuration: HTTPClientConfiguration(egress: .open), logger: Logger(label: "gatehouse.worker"))
        let identity = try await Enrolment(address: configuration.controlPlane, http: http)(
            token: Redacted(try readToken()),
            Enrolment.Description(
                name: configuration.name, sshEndpoint: configuration.sshEndpoint,
                webEndpoint: configuration.webEndpoint, version: workerVersion))
        _ = try IdentityStore(saving: identity, to: configuration.identityFile)
        await http.stop()
        print("Enrolled as \(identity.worker.text).")
    }

    private func readToken() throws -> String {
        let text: String?
        if tokenFile == "-" {
            text = readLine()
        } else {
            text = FileManager.default.contents(atPath: tokenFile).map { String(decoding: $0, as: UTF8.self) }
        }
        guard let token = text?.split(whereSeparator: \.isWhitespace).first else {
            throw StartError("\(tokenFile) holds no token.")
        }
        return String(token)
    }
}
