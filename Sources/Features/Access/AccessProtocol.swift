import Kernel
import Postgres

/// How people reach an asset.
package enum AccessProtocol: String, CaseIterable, WireValue, SQLBindable, SQLDecodable, Comparable {
    case ssh

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// What people may do once they are there.
package enum AccessAction: String, CaseIterable, WireValue, SQLBindable, SQLDecodable, Comparable {
    case connect, upload, download, delete, copy, paste, share, forward

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
