package import Kernel

/// Addresses and networks, one a line.
package struct AddressList: WireValue, Hashable {
    package static let most = 50

    package let text: String

    package init(parsing text: String) throws(Invalid) {
        let words = text.split { $0.isWhitespace || $0 == "," }.map(String.init)
        guard 1...Self.most ~= words.count, words.allSatisfy({ AddressRange($0) != nil }) else {
            throw Invalid("must be 1 to \(Self.most) addresses or networks such as 10.0.0.0/8, one a line")
        }
        self.text = words.joined(separator: "\n")
    }

    package func contains(_ address: String) -> Bool {
        let plain = String(address.prefix { $0 != "%" })
        return text.split(separator: "\n").compactMap { AddressRange(String($0)) }.contains(plain)
    }

    package static let schema: Schema<Self> = Schema<String>.lines(1...3000).map(Self.init(parsing:), \.text)
}
