import ArgumentParser
import Kernel
import Testing

@testable import gatehouse

@Suite struct ArgumentsTests {
    @Test func `every command takes json`() {
        func leaves(_ command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
            let children =
                command.configuration.subcommands + command.configuration.groupedSubcommands.flatMap(\.subcommands)
            return children.isEmpty ? [command] : children.flatMap(leaves)
        }
        let commands = leaves(Gatehouse.self)
        #expect(commands.count > 20)
        for command in commands {
            let help = command.helpMessage()
            #expect(help.contains("--json"), "\(command)")
        }
    }

    @Test func `no command takes a secret as an argument`() {
        #expect(throws: CommandFailure.self) { try ConnectionWords("host=db password=hunter2") }
        #expect(throws: CommandFailure.self) { try KeyFile.read("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8") }
    }

    @Test func `the words of a connection are libpq's`() throws {
        let words = try ConnectionWords("host=/run/postgresql port=5433  dbname=gatehouse user=owner")
        #expect(words["host"] == "/run/postgresql")
        #expect(words["port"] == "5433")
        #expect(throws: CommandFailure.self) { try ConnectionWords("nonsense") }
        #expect(throws: CommandFailure.self) { try ConnectionWords("options=-csearch_path=x") }
    }

    @Test func `a refusal is told with fields, reasons and what to do`() {
        let body: JSON = [
            "type": "urn:gatehouse:problem:unauthenticated", "title": "Sign in first", "status": 401,
            "errors": [["pointer": "/reason", "message": "must not be blank"]],
            "reasons": [["code": "x", "message": "Your grant \u{1B}[31mended"]],
        ]
        let text = APIFailure(status: 401, body: body.bytes, origin: "http://acme").description
        #expect(text.contains("Sign in first."))
        #expect(text.contains("reason: must not be blank"))
        #expect(text.contains("gatehouse login --url http://acme"))
        #expect(!text.contains("\u{1B}"))
    }
}
