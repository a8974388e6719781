package import Kernel

/// A secret that one process hands to another: it is written to the wire, and nowhere else.
package struct PassedSecret: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    private let text: String

    package init(_ text: String) {
        self.text = text
    }

    /// Hands the secret to the one who needs it.
    package func reveal() -> String { text }

    package var description: String { "<secret>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension PassedSecret: WireValue {
    package static let schema = Schema<String>.lines(0...4096).map(Self.init) { $0.text }
}
