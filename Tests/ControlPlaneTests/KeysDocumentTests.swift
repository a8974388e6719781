import Foundation
import Kernel
import Tenancy
import TestSupport
import Testing

@testable import ControlPlane

/// `Config/KEYS.md` says what the declarations say.
@Suite struct KeysDocumentTests {
    private let path = Repository.path("Config/KEYS.md")
    private let marks = ("<!-- tenant settings: written by KeysDocumentTests -->\n", "<!-- end -->\n")

    @Test func `the settings of tenants stand in it as they are declared`() throws {
        let document = try String(contentsOfFile: path, encoding: .utf8)
        let start = try #require(document.range(of: marks.0))
        let end = try #require(document.range(of: marks.1))
        let table = Self.table
        if ProcessInfo.processInfo.environment["GATEHOUSE_WRITE_GOLDEN"] != nil {
            let text = document[..<start.upperBound] + table + document[end.lowerBound...]
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        } else {
            let difference = document[start.upperBound..<end.lowerBound].split(separator: "\n")
                .difference(from: table.split(separator: "\n"))
            #expect(difference.isEmpty, "run with GATEHOUSE_WRITE_GOLDEN=1 if this is meant: \(difference)")
        }
    }

    @Test func `every key of the server's configuration is named`() throws {
        let document = try String(contentsOfFile: path, encoding: .utf8)
        let words = Set(document.split { !$0.isLetter }.map(String.init))
        for key in Self.keys(of: ServerConfiguration.schema.shape) { #expect(words.contains(key), "\(key)") }
    }

    private static func keys(of shape: Shape) -> [String] {
        switch shape {
        case .object(let object): object.fields.flatMap { [$0.name] + keys(of: $0.shape) }
        case .nullable(let inner): keys(of: inner)
        case .array(let element, _): keys(of: element)
        case .scalar, .union, .reference: []
        }
    }

    private static var table: String {
        var lines = [
            "| setting | page | type | default | organizations | what |", "|---|---|---|---|---|---|",
        ]
        for setting in SettingCatalogue.all {
            lines.append(
                "| `\(setting.name)` | \(setting.group.rawValue) | \(type(setting.shape)) | "
                    + "\(text(setting.standard)) | \(organizations(setting.scope)) | \(setting.help) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// What organizations may do with it.
    private static func organizations(_ scope: SettingScope) -> String {
        switch scope {
        case .tenant: ""
        case .organization: "set it"
        case .lower: "lower it"
        case .higher: "raise it"
        }
    }

    private static func type(_ shape: Shape) -> String {
        switch shape {
        case .nullable(let inner): return type(inner)
        case .array(let element, _): return "list of \(type(element))"
        case .object(let object): return object.fields.map { "`\($0.name)`" }.joined(separator: ", ")
        case .union(let union): return union.variants.map { "`\($0.tag)`" }.joined(separator: " or ")
        case .reference(let name): return name
        case .scalar(let keywords):
            if case .array(let words)? = keywords["enum"] {
                return words.compactMap(\.text).map { "`\($0)`" }.joined(separator: " ")
            }
            if case .int(let least)? = keywords["minimum"], case .int(let most)? = keywords["maximum"] {
                return "\(least) to \(most)"
            }
            return keywords["format"]?.text ?? keywords["type"]?.text ?? "text"
        }
    }

    private static func text(_ value: JSON) -> String {
        switch value {
        case .null: "none"
        case .string(let text): text.isEmpty ? "the name that the provider gave" : "`\(text)`"
        default: "`\(String(decoding: value.bytes, as: UTF8.self))`"
        }
    }
}
