import ArgumentParser
import Cryptography
import Foundation
import Kernel

/// A whole installation on one machine, in the foreground.
struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a whole installation on this machine, in the foreground.",
        discussion: """
            Starts a private PostgreSQL and Redis, the server and its workers, and a demo tenant with a target to connect \
            to. Everything lies in one folder. Ctrl-C stops it; the next start goes on where it was.
            """)

    @OptionGroup var output: OutputOptions
    @Option(name: .long, help: "The folder of everything that is kept.", completion: .directory)
    var directory = "var"
    @Option(name: .long, help: "The port of the portal and the API.")
    var httpPort = 8080
    @Option(name: .long, help: "The port of the SSH entrance; a second worker takes the next one.")
    var sshPort = 2222
    @Option(name: .long, help: "The port of the web terminal; a second worker takes the next one.")
    var webPort = 8090
    @Option(name: .long, help: "The port of the demo target.")
    var targetPort = 2322
    @Option(name: .long, help: "The domain below which tenants have their names. Only localhost works without a DNS.")
    var baseDomain = "localhost"
    @Option(name: .long, help: "How many gateway workers; none if they run elsewhere.")
    var workers = 1
    @Option(name: .long, help: "A relay that takes mail without TLS, as host:port; without it no mail goes out.")
    var mail: String?
    @Flag(name: .long, inversion: .prefixedNo, help: "Make a demo tenant and a target.")
    var demo = true

    func validate() throws {
        guard (0...16).contains(workers) else { throw ValidationError("--workers is 0 to 16.") }
        guard mail == nil || relay != nil else { throw ValidationError("--mail is host:port.") }
    }

    private var relay: (host: String, port: Int)? {
        guard let mail, let colon = mail.lastIndex(of: ":"), let port = Int(mail[mail.index(after: colon)...]),
            (1...65535).contains(port), colon > mail.startIndex
        else { return nil }
        return (String(mail[..<colon]), port)
    }

    func run() async throws {
        let progress = Progress()
        try PrivateFile.folder(directory, mode: 0o711)
        let installation = Installation(
            folder: Self.absolute(directory), httpPort: httpPort, sshPort: sshPort, webPort: webPort,
            targetPort: targetPort, baseDomain: baseDomain, workers: workers, mail: relay)
        let lock = try InstallationLock(installation.folder)
        defer { withExtendedLifetime(lock) {} }
        for folder in [installation.logs, installation.config] { try PrivateFile.folder(folder) }
        let orphans = Orphans(path: "\(installation.folder)/running.json")
        let stopped = await orphans.stop()
        if !stopped.isEmpty {
            progress.say("Stopped what an earlier run left behind: \(stopped.joined(separator: ", "))")
        }
        try Preflight.check(installation, wantsDemo: demo)
        let start = StartInstallation(installation: installation, wantsDemo: demo, progress: progress)
        let output = output
        try await Supervisor(logs: installation.logs, orphans: orphans).run { launcher in
            let demo = try await start(launcher)
            output.show(
                Welcome.json(installation, demo),
                Welcome(installation: installation, demo: demo, took: progress.elapsed).text)
        }
        progress.say("Stopped. Everything is kept in \(directory).")
    }

    private static func absolute(_ path: String) -> String {
        // Also without symbolic links: PostgreSQL tells its working folder that way.
        URL(filePath: path).standardizedFileURL.resolvingSymlinksInPath().path(percentEncoded: false).withoutLastSlash
    }
}

extension String {
    fileprivate var withoutLastSlash: String { count > 1 && hasSuffix("/") ? String(dropLast()) : self }
}
