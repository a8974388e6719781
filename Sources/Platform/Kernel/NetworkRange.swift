/// A range of addresses as it was written, such as `10.0.0.0/8`.
package struct NetworkRange: WireValue, Equatable {
    package let text: String
    package let range: AddressRange

    package init?(_ text: String) {
        guard let range = AddressRange(text) else { return nil }
        self.text = text
        self.range = range
    }

    /// A name is in no range: what it stands for may change.
    package func contains(_ address: String) -> Bool { range.contains(address) }

    package static let schema: Schema<Self> = .parsed(
        2...49, pattern: "^[0-9A-Fa-f:.]+(/[0-9]{1,3})?$", "must be an address or a network, such as 10.0.0.0/8",
        parse: Self.init, text: \.text)
}
