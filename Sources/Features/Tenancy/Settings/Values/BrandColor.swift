import Glibc
package import Kernel

/// A colour on which white text can be read (WCAG 2.2 AA: 4.5 to 1). What is lighter is refused, because every button
/// of the portal would be.
package struct BrandColor: WireValue, Hashable {
    /// `#rrggbb`.
    package let text: String

    package init(parsing text: String) throws(Invalid) {
        guard text.utf8.count == 7, text.hasPrefix("#"), let number = UInt32(text.dropFirst(), radix: 16),
            text.utf8.dropFirst().allSatisfy({ 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 || 0x41...0x46 ~= $0 })
        else { throw Invalid(Self.expectation) }
        guard Self.contrastWithWhite(number) >= 4.5 else {
            throw Invalid("is too light: white text on it could not be read")
        }
        self.text = text.lowercased()
    }

    static func contrastWithWhite(_ number: UInt32) -> Double {
        let luminance =
            0.2126 * linear(number >> 16) + 0.7152 * linear(number >> 8) + 0.0722 * linear(number)
        return 1.05 / (luminance + 0.05)
    }

    private static func linear(_ channel: UInt32) -> Double {
        let value = Double(channel & 0xFF) / 255
        return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }

    package static let schema: Schema<Self> = Schema<String>.parsed(
        7...7, pattern: "^#[0-9a-fA-F]{6}$", format: "color", expectation,
        parse: { $0.hasPrefix("#") ? $0 : nil }, text: { $0 }
    ).map(Self.init(parsing:), \.text)

    private static let expectation = "must be a colour such as #1b5cd0"
}
