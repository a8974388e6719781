package import Kernel
import Postgres

/// To whom a person reports. Flows may ask them.
package struct Manager: WireValue, Sendable, Hashable {
    package let id: UserID
    package let name: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(0...200))
    }
}

extension Manager: SQLDecodable {
    /// The id, a space, and the name.
    package init?(sql text: UnsafeRawBufferPointer) {
        guard let border = text.firstIndex(of: UInt8(ascii: " ")),
            let id = UserID(sql: UnsafeRawBufferPointer(rebasing: text[..<border]))
        else { return nil }
        self.id = id
        name = String(decoding: text[(border + 1)...], as: UTF8.self)
    }
}
