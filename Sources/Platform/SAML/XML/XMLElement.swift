/// An element as a value: what a document says, without where its bytes were.
package struct XMLElement: Sendable, Hashable {
    /// Without a prefix.
    package let name: String
    /// Empty if it has none.
    package let namespace: String
    package let attributes: [XMLAttribute]
    /// The elements in it, in order.
    package let children: [XMLElement]
    /// The character data that is directly in it, joined: a comment in the middle does not end it.
    package let text: String

    package func isNamed(_ name: String, in namespace: String) -> Bool {
        self.name.isExactly(name) && self.namespace.isExactly(namespace)
    }

    package func children(_ name: String, in namespace: String) -> [XMLElement] {
        children.filter { $0.isNamed(name, in: namespace) }
    }

    /// The only child of this name; nil if there is none, or more than one.
    package func only(_ name: String, in namespace: String) -> XMLElement? {
        let found = children(name, in: namespace)
        return found.count == 1 ? found[0] : nil
    }

    /// An attribute without a namespace.
    package subscript(_ name: String) -> String? {
        attributes.first { $0.name.isExactly(name) && $0.namespace.isEmpty }?.value
    }

    /// The text without white space around it: for names that machines wrote and that are compared.
    package var trimmedText: String {
        let isBlank = { (scalar: Unicode.Scalar) in [" ", "\t", "\n", "\r"].contains(scalar) }
        let scalars = text.unicodeScalars
        guard let start = scalars.firstIndex(where: { !isBlank($0) }),
            let end = scalars.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(scalars[start...end])
    }

    /// All text in it and below.
    package var wholeText: String { children.isEmpty ? text : text + children.map(\.wholeText).joined() }

    /// This element and all below, outermost first.
    package func visit<Failure>(_ body: (XMLElement) throws(Failure) -> Void) throws(Failure) {
        try body(self)
        for child in children { try child.visit(body) }
    }
}

package struct XMLAttribute: Sendable, Hashable {
    package let name: String
    package let namespace: String
    package let value: String
}

extension String {
    /// The same bytes. `==` finds texts the same that Unicode does, such as `K` and the sign for kelvin, and who signs
    /// one has not signed the other.
    func isExactly(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}

extension String? {
    func isExactly(_ other: String) -> Bool { self?.isExactly(other) ?? false }
}
