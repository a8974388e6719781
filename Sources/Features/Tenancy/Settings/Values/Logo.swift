import Cryptography
import FoundationEssentials
package import Kernel

/// A company's logo: a small PNG with nothing in it but the picture.
package struct Logo: WireValue, Hashable {
    private static let largest = 64 << 10

    package let bytes: [UInt8]

    package init(parsing base64: String) throws(Invalid) {
        guard let data = Data(base64Encoded: base64) else { throw Invalid("must be base64") }
        guard data.count <= Self.largest else { throw Invalid("must be at most 64 KiB") }
        bytes = try PNGImage(cleaning: Array(data)).bytes
    }

    package static let schema: Schema<Self> = Schema<String>.parsed(
        1...(largest + 2) / 3 * 4, pattern: "^[A-Za-z0-9+/]+={0,2}$", format: "png", "must be a PNG in base64",
        parse: { $0 }, text: { $0 }
    ).map(Self.init(parsing:), { Data($0.bytes).base64EncodedString() })
}
