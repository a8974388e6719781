import ArgumentParser
import Foundation
import Kernel

/// What the authenticator of a demo login shows: for those who do not want to enrol a phone for a try.
struct DemoCode: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo-code", abstract: "Show the current code of a demo login.")

    @OptionGroup var output: OutputOptions
    @Argument(help: "The login: ada, lena, otto, dana or olga.")
    var login: String
    @Option(name: .long, help: "The folder of the installation.", completion: .directory)
    var directory = "var"

    func run() async throws {
        guard let demo = try Demo("\(directory)/demo.json") else {
            throw CommandFailure("There is no demo in \(directory). It is made by gatehouse up.")
        }
        guard let person = demo.everybody.first(where: { $0.login == login }) else {
            let names = demo.everybody.map(\.login).joined(separator: ", ")
            throw CommandFailure("There is no \(login.oneLine): \(names).")
        }
        let left = 30 - Int(Date().timeIntervalSince1970) % 30
        let code = try person.code()
        output.show(["code": .string(code), "secondsLeft": .int(Int64(left))], "\(code)  (for \(left) s)")
    }
}
