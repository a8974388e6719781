import ArgumentParser
import Cryptography
import Foundation
import Kernel

/// Checks the proof that a tenant was erased, offline.
struct VerifyErasure: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check the proof that a tenant was erased, offline.",
        discussion: """
            Ends with 0 if the installation's key signed exactly this, 1 if not, 2 if the input cannot be used. Without \
            --key only the key that the file itself brings is checked: compare it with one that you know.
            """)

    @OptionGroup var output: OutputOptions
    @Argument(help: "The proof.", completion: .file())
    var file: String
    @Option(name: .long, help: "The installation's key: base64url or PEM, or a file with it.", completion: .file())
    var key: String?

    func run() throws {
        guard let bytes = FileManager.default.contents(atPath: file) else {
            Console.note("\(file) cannot be read.")
            throw ExitCode(2)
        }
        let text = key.map { (try? String(contentsOfFile: $0, encoding: .utf8)) ?? $0 }
        let verdict = ErasureVerdict(bytes, key: text)
        output.show(verdict.json, verdict.text)
        throw ExitCode(verdict.code)
    }
}

/// What can be said of a proof. Pure.
struct ErasureVerdict: Equatable {
    enum Outcome: Equatable {
        case valid(keyIsKnown: Bool)
        case changed
        case unusable(String)
    }

    let outcome: Outcome
    let statement: JSON

    init(_ bytes: [UInt8], key text: String?) {
        (outcome, statement) = Self.check(bytes, text)
    }

    init(_ data: Data, key text: String?) { self.init(Array(data), key: text) }

    private static func check(_ bytes: [UInt8], _ text: String?) -> (Outcome, JSON) {
        guard let document = try? JSONParser.parse(bytes), let statement = document["proof"],
            statement["type"]?.text == "gatehouse-erasure-proof/1"
        else { return (.unusable("It is no proof of an erasure."), .null) }
        guard let own = document["signature"]?["publicKey"]?.text.flatMap({ VerifyingKey($0) }),
            let signature = document["signature"]?["value"]?.text.flatMap({ Base64URL.decode($0) }),
            let message = try? CanonicalJSON.bytes(statement)
        else { return (.unusable("Its signature is not well-formed."), statement) }
        var key = own
        if let text {
            guard let known = VerifyingKey(text) else { return (.unusable("--key is no Ed25519 key."), statement) }
            key = known
        }
        guard key.isValid(signature, for: message) else { return (.changed, statement) }
        return (.valid(keyIsKnown: text != nil), statement)
    }

    var code: Int32 {
        switch outcome {
        case .valid: 0
        case .changed: 1
        case .unusable: 2
        }
    }

    var json: JSON {
        let word =
            switch outcome {
            case .valid: "valid"
            case .changed: "changed"
            case .unusable: "unusable"
            }
        return ["verdict": .string(word), "proof": statement]
    }

    var text: String {
        switch outcome {
        case .unusable(let reason): return reason
        case .changed: return "NOT VALID: this key did not sign this."
        case .valid(let isKnown):
            let erased = statement["erased"] ?? .null
            let rows = if case .object(let members)? = erased["rows"] { members } else { [JSON.Member]() }
            let total = rows.reduce(0) { $0 + (erased["rows"]?.int($1.name) ?? 0) }
            let known = isKnown ? "" : "\nThe key is the file's own: compare it with the installation's."
            return """
                Valid: \(statement.text("tenant", "name").oneLine) (\(statement.text("tenant", "id"))) was erased.
                Closed by \(statement.text("closedBy").oneLine); keys destroyed \(statement.text("keysDestroyedAt")), \
                finished \(statement.text("finishedAt")).
                \(erased.list("tenantKeys").count) tenant keys, \(erased.list("signingKeys").count) signing keys, \
                \(erased["rows"]?.int("secrets") ?? 0) secrets, \(erased["rows"]?.int("recordings") ?? 0) recordings \
                (\(SpokenTime.size(erased.int("recordedBytes") ?? 0))), \(erased.int("objects") ?? 0) objects, \
                \(total) rows in \(rows.count) tables.\(known)
                """
        }
    }
}
