import Kernel

/// The kinds of request that there are: those of this feature, and those that others plug in.
package struct TicketKinds: Sendable {
    private let kinds: [TicketKindName: any RequestKind]

    package init(_ kinds: [any RequestKind]) {
        self.kinds = Dictionary(kinds.map { ($0.name, $0) }) { first, _ in first }
    }

    package var names: [TicketKindName] { kinds.keys.sorted { $0.rawValue < $1.rawValue } }

    /// Nil where there is no such kind.
    package subscript(name: TicketKindName) -> (any RequestKind)? { kinds[name] }

    func kind(_ name: TicketKindName) throws -> any RequestKind {
        guard let kind = kinds[name] else {
            throw FieldErrors(errors: [
                FieldError(
                    pointer: "/kind", message: "must be one of \(names.map(\.rawValue).joined(separator: ", "))")
            ])
        }
        return kind
    }
}
