import ArgumentParser
import Cryptography
import Kernel

/// Signs the terminal in and remembers a token for twelve hours.
struct Login: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sign in to a portal.",
        discussion: """
            Asks for password and code on the terminal, and for what your company's sign-in service wants to know \
            besides. If somebody has to agree to your sign-in, it says who is asked and waits for them; Ctrl-C takes \
            the question back. For programs: --password-file FILE (- is standard input) or GATEHOUSE_PASSWORD, and GATEHOUSE_CODE.
            """)

    @OptionGroup var portal: PortalOptions
    @OptionGroup var output: OutputOptions
    @Option(name: .long, help: "Your login.")
    var login: String?
    @Option(name: .long, help: "A file whose first line is the password.")
    var passwordFile: String?

    func run() async throws {
        var credentials = try Credentials(path: Credentials.path)
        guard let origin = try portal.origin() ?? credentials.current else {
            throw CommandFailure("Say where: gatehouse login --url https://YOUR-PORTAL")
        }
        let client = APIClient(origin: origin)
        let face = try await client.get("/auth/tenant")
        let login = try login ?? credentials[origin]?.login ?? askLogin(face.text("name"))
        let password = try SecretSource.read(
            "Password of \(login) at \(face.text("name"))".oneLine, file: passwordFile, variable: "GATEHOUSE_PASSWORD")
        var body: JSON = [
            "login": .string(login), "password": .string(password.reveal()),
            "code": try askCode("Code from your authenticator (Enter without one)"),
        ]
        // The word that was waited for is good for the one attempt.
        let waiting = credentials.waiting(login, at: origin).map { ["attempt": .string($0)] as JSON } ?? [:]
        body = body.merging(waiting)
        let answer: JSON
        do {
            answer = try await answered(client.post("/auth/cli", body), waiting, client)
        } catch let failure as APIFailure where failure.kind == "sign-in-waits" {
            // Kept for whoever comes again: this program may be gone before there is a word.
            let attempt = failure.problem.text("attempt")
            credentials.wait(.init(origin: origin, login: login, attempt: attempt))
            try credentials.save(path: Credentials.path)
            answer = try await AwaitReview(client: client, attempt: attempt)(failure.problem).get()
        }
        credentials.put(.init(origin: origin, login: login, token: answer.text("token")))
        try credentials.save(path: Credentials.path)
        output.show(
            ["url": .string(origin), "tenant": .string(face.text("slug")), "login": .string(login)],
            "Signed in to \(face.text("name").oneLine) as \(login). See what you may reach with: gatehouse ls")
    }

    /// Asks what the sign-in service asks, until there is a token.
    private func answered(_ first: JSON, _ waiting: JSON, _ client: APIClient) async throws -> JSON {
        var answer = first
        while let challenge = answer["challenge"], challenge != .null {
            let prompt = challenge.text("prompt").oneLine
            let said = try SecretSource.read(prompt.isEmpty ? "Code of your sign-in service" : prompt)
            var body: JSON = ["token": .string(challenge.text("token")), "answer": .string(said.reveal())]
            if challenge["codeNeeded"] == .bool(true) {
                // The one before may be too old by now, and a code counts once.
                body = body.merging(["code": try askCode("A fresh code from your authenticator")])
            }
            answer = try await client.post("/auth/cli/challenge", body.merging(waiting))
        }
        return answer
    }

    private func askCode(_ prompt: String) throws -> JSON {
        let code = try SecretSource.read(prompt, variable: "GATEHOUSE_CODE", mayBeEmpty: true)
        return .string(code.reveal().filter { !$0.isWhitespace })
    }

    private func askLogin(_ tenant: String) throws -> String {
        Console.prompt("Login at \(tenant.oneLine): ")
        guard let login = readLine(strippingNewline: true), !login.isEmpty else { throw CommandFailure("Cancelled.") }
        return login
    }
}

/// Forgets the token, here and on the server.
struct Logout: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Sign out of a portal.")

    @OptionGroup var portal: PortalOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        var credentials = try Credentials(path: Credentials.path)
        guard let origin = try portal.origin() ?? credentials.current, let entry = credentials[origin] else {
            throw CommandFailure("You are not signed in.")
        }
        let client = APIClient(origin: origin, credential: .token(Redacted(entry.token)))
        // A token that has run out is as good as a revoked one.
        _ = try? await client.post("/me/sign-out")
        credentials.remove(origin)
        try credentials.save(path: Credentials.path)
        output.show(["url": .string(origin)], "Signed out of \(origin).")
    }
}

/// Who the server takes you for.
struct Me: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "whoami", abstract: "Show who you are signed in as.")

    @OptionGroup var portal: PortalOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let client = try portal.portal()
        let me = try await client.get("/me")
        let name = me.text("user", "name")
        output.show(
            me,
            "\(name.oneLine) (\(me.text("user", "login"))) of \(me.text("tenant", "name").oneLine), \(client.origin)")
    }
}
