/// How much of a document is read. They bound time and memory before the library sees a byte.
package struct XMLLimits: Sendable, Hashable {
    package var bytes: Int
    /// Elements, comments and CDATA sections together.
    package var nodes: Int
    package var depth: Int
    /// Of one element, namespace declarations included: the library compares them with each other.
    package var attributes: Int
    /// Namespace declarations in scope at one place, and the length of one. Canonical XML repeats a declaration at each
    /// element that needs it, so a long one makes little input into much output.
    package var namespaces: Int
    package var namespaceBytes: Int

    package init(
        bytes: Int, nodes: Int = 10_000, depth: Int = 48, attributes: Int = 48, namespaces: Int = 96,
        namespaceBytes: Int = 256
    ) {
        self.bytes = bytes
        self.nodes = nodes
        self.depth = depth
        self.attributes = attributes
        self.namespaces = namespaces
        self.namespaceBytes = namespaceBytes
    }

    /// An answer to one sign-in.
    package static let message = XMLLimits(bytes: 256 << 10)
    /// What a provider says of itself; federations list many.
    package static let metadata = XMLLimits(bytes: 1 << 20, nodes: 20_000)
}
