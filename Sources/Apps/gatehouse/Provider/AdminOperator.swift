import ArgumentParser
import Kernel

/// The provider's own people.
struct AdminOperator: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operator", abstract: "The provider's own people, who sign in at the console.",
        subcommands: [Create.self, List.self, Invite.self, Disable.self, Enable.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take somebody in; prints the link by which that person comes in.")

        @OptionGroup var provider: ProviderOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "The login.")
        var login: String
        @Option(name: .long, help: "The person's name.")
        var name: String
        @Option(name: .long, help: "The person's mail address.")
        var email: String?
        @Option(name: .long, help: "What the person is there for: operator, billing or support; may be repeated.")
        var role: [String] = ["operator"]

        func run() async throws {
            let body: JSON = [
                "login": .string(login), "name": .string(name), "roles": .array(role.map(JSON.string)),
            ]
            let mail: JSON = email.map { ["email": .string($0)] } ?? [:]
            let answer = try await provider.console().post("/operators", body.merging(mail))
            output.show(
                answer,
                "\(login.oneLine) is there (\(answer.text("operator", "id"))), and comes in by this link, good for three days:\n"
                    + answer.text("invitationUrl"))
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List operators.")

        @OptionGroup var provider: ProviderOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            output.show(
                try await provider.console().list("/operators"),
                [
                    ("login", { $0.text("login") }), ("name", { $0.text("name") }), ("state", { $0.text("state") }),
                    ("roles", { $0.words("roles") }),
                    ("last sign-in", { SpokenTime.local($0.text("lastSignInAt")) }),
                ],
                empty: "There are none. Take one in with: gatehouse admin operator create")
        }
    }

    struct Invite: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a new link for somebody who lost password or authenticator; both stop working.")

        @OptionGroup var change: OperatorChange

        func run() async throws {
            let answer = try await change.post("invitation")
            change.output.show(answer, answer.text("url"))
        }
    }

    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shut somebody out.")

        @OptionGroup var change: OperatorChange

        func run() async throws {
            change.output.show(try await change.post("disable"), "\(change.login.oneLine) is shut out.")
        }
    }

    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let somebody in again.")

        @OptionGroup var change: OperatorChange

        func run() async throws {
            change.output.show(try await change.post("enable"), "\(change.login.oneLine) may come in.")
        }
    }
}

/// A change of one operator.
struct OperatorChange: ParsableArguments {
    @OptionGroup var provider: ProviderOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The login.")
    var login: String

    func post(_ verb: String) async throws -> JSON {
        let console = try provider.console()
        let filter = "login eq \(JSON.string(login).inWords)"
        let found = try await console.list("/operators", [("filter", filter)], atMost: 1)
        guard let person = found.first else { throw CommandFailure("There is no operator \(login.oneLine).") }
        return try await console.post("/operators/\(person.text("id"))/\(verb)")
    }
}
