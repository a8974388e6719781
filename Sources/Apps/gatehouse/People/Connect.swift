import ArgumentParser
import Glibc
import Kernel

/// Hands over to the system's ssh.
struct Connect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ssh", abstract: "Connect with the system's ssh.",
        discussion: """
            gatehouse ssh web-1                connects with the only account that you have there
            gatehouse ssh deploy@web-1 uptime  runs a command
            gatehouse ssh                      opens the menu
            """)

    @OptionGroup var portal: PortalOptions
    @OptionGroup var output: OutputOptions
    @Flag(name: .long, help: "Only print the line.")
    var print = false
    @Argument(help: "The asset, or account@asset. Without one, the menu of the gateway opens.")
    var target: String?
    @Argument(parsing: .captureForPassthrough, help: "What else ssh is told: options, or the command to run.")
    var rest: [String] = []

    func run() async throws {
        // ssh has no long options, so these are ours wherever they stand before its own words.
        let own = rest.prefix { ["--print", "--json"].contains($0) }
        let rest = Array(rest.dropFirst(own.count))
        let onlyPrint = print || output.json || !own.isEmpty
        let client = try portal.portal()
        let me = try await client.get("/me")
        let person = "\(me.text("tenant", "slug"))+\(me.text("user", "login"))"
        var user = person
        var query: [(String, String)] = []
        if let target {
            let found = try await find(target, client)
            user += "+" + found.name
            if let asset = found.asset { query = [("asset", asset)] }
        }
        let gateway = try await client.get("/my/gateway", query)
        let port = gateway.int("sshPort") ?? 22
        let command = ["ssh"] + (port == 22 ? [] : ["-p", String(port)]) + ["\(user)@\(gateway.text("sshHost"))"]
        let line = (command + rest).map(\.quotedForShell).joined(separator: " ")
        if onlyPrint {
            var output = output
            output.json = output.json || own.contains("--json")
            return output.show(["command": .array((command + rest).map(JSON.string)), "line": .string(line)], line)
        }
        try Self.become(command + rest)
    }

    /// `account+asset`, the account looked up if there is only one, and the asset's id if it can be reached now.
    private func find(_ target: String, _ client: APIClient) async throws -> (name: String, asset: String?) {
        let parts = target.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let name = parts.count == 2 ? String(parts[1]) : target
        let query = [("filter", "name eq \(JSON.string(name).inWords)")]
        if parts.count == 2 {
            // Only to be told the nearest gateway; what the gateway makes of the name is its own affair.
            let found = try? await client.list("/my/assets", query)
            return ("\(parts[0])+\(parts[1])", found?.first?.text("id"))
        }
        let found = try await client.list("/my/assets", query)
        let accounts = found.first?.list("accounts").map { $0.text("name") } ?? []
        guard let account = accounts.first else {
            throw CommandFailure(
                "You may not reach \(target.oneLine) now. Ask with: gatehouse request ACCOUNT@\(target.oneLine) --reason WHY"
            )
        }
        guard accounts.count == 1 else {
            throw CommandFailure(
                "You have several accounts there: say which, as in \(account)@\(target.oneLine). "
                    + "They are \(accounts.joined(separator: ", ")).".oneLine)
        }
        return ("\(account)+\(target)", found.first?.text("id"))
    }

    /// Becomes another program: signals, terminal and exit status are then its own affair.
    private static func become(_ command: [String]) throws {
        let arguments = command.map { strdup($0) } + [nil]
        execvp(command[0], arguments)
        throw CommandFailure("\(command[0]) cannot be started: \(String(cString: strerror(errno))).")
    }
}
