package import Kernel

/// Where in the portal somebody wants to be after signing in: a path of this host and nothing that a browser could read
/// as another one.
package struct ReturnPath: Sendable, Equatable {
    package let text: String

    package init(parsing text: String) throws(Invalid) {
        let isPath =
            text.hasPrefix("/") && !text.hasPrefix("//") && 1...500 ~= text.utf8.count
            && text.utf8.allSatisfy { 0x21...0x7E ~= $0 && $0 != UInt8(ascii: "\\") }
            && !Self.isSignIn(text) && !text.hasPrefix("/api/")
        guard isPath else { throw Invalid("must be a path of the portal") }
        self.text = text
    }

    private static func isSignIn(_ text: String) -> Bool {
        guard text.hasPrefix("/sign-in") else { return false }
        return text.utf8.dropFirst("/sign-in".utf8.count).first.map { "/?#".utf8.contains($0) } ?? true
    }
}

extension ReturnPath: WireValue {
    package static let schema: Schema<Self> = Schema<String>.text(1...500).map(Self.init(parsing:), \.text)
}
