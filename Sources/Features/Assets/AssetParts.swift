import Kernel
import Postgres

// How the statement of assets joins the parts of an asset into one text each, so that a page needs one sub-select a kind.

extension AssetLabel: SQLDecodable {
    /// Key and value with a line feed between them, which neither may contain.
    package init?(sql text: UnsafeRawBufferPointer) {
        guard let border = text.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        key = String(decoding: text[..<border], as: UTF8.self)
        value = String(decoding: text[(border + 1)...], as: UTF8.self)
    }
}

extension HostKey: SQLDecodable {
    /// Id, state, fingerprint and algorithm with spaces between them.
    package init?(sql text: UnsafeRawBufferPointer) {
        let parts = text.split(separator: UInt8(ascii: " "), maxSplits: 3).map(UnsafeRawBufferPointer.init(rebasing:))
        guard parts.count == 4, let id = HostKeyID(sql: parts[0]), let state = State(sql: parts[1]) else { return nil }
        self.id = id
        self.state = state
        fingerprint = String(decoding: parts[2], as: UTF8.self)
        algorithm = String(decoding: parts[3], as: UTF8.self)
    }
}
