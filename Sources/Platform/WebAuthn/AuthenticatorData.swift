import Cryptography
import FoundationEssentials

/// What the authenticator says (WebAuthn §6.1), as far as its structure goes.
struct AuthenticatorData: Sendable {
    struct Flags: OptionSet {
        let rawValue: UInt8
        static let userPresent = Flags(rawValue: 1 << 0)
        static let userVerified = Flags(rawValue: 1 << 2)
        static let backupEligible = Flags(rawValue: 1 << 3)
        static let backedUp = Flags(rawValue: 1 << 4)
        static let attested = Flags(rawValue: 1 << 6)
        static let extensions = Flags(rawValue: 1 << 7)
    }

    struct Credential {
        let model: UUID
        let id: [UInt8]
        /// The algorithm that the key says it is for.
        let algorithm: Int
    }

    static let longestID = 1023

    let bytes: [UInt8]
    let relyingPartyHash: ArraySlice<UInt8>
    let flags: Flags
    let signCount: UInt32
    let credential: Credential?
    /// The extensions' names, with the value of those that have a number.
    let extensions: [String: Int?]

    init(_ bytes: [UInt8]) throws(WebAuthnRefusal) {
        guard bytes.count >= 37 else { throw .malformed }
        self.bytes = bytes
        relyingPartyHash = bytes[..<32]
        flags = Flags(rawValue: bytes[32])
        signCount = bytes[33..<37].reduce(0) { $0 << 8 | UInt32($1) }
        var at = 37
        if flags.contains(.attested) {
            guard bytes.count >= at + 18 else { throw .malformed }
            let length = Int(bytes[at + 16]) << 8 | Int(bytes[at + 17])
            let start = at + 18
            guard 1...Self.longestID ~= length, bytes.count >= start + length else { throw .malformed }
            var reader = CBORReader(bytes, from: start + length)
            credential = Credential(
                model: Self.uuid(bytes[at..<(at + 16)]), id: Array(bytes[start..<(start + length)]),
                algorithm: try Self.algorithm(&reader))
            at = reader.at
        } else {
            credential = nil
        }
        if flags.contains(.extensions) {
            var reader = CBORReader(bytes, from: at)
            extensions = try Self.extensions(&reader)
            at = reader.at
        } else {
            extensions = [:]
        }
        guard at == bytes.count else { throw .malformed }
    }

    /// What holds for every ceremony.
    func check(for party: RelyingParty, needsVerification: Bool) throws(WebAuthnRefusal) {
        guard relyingPartyHash.elementsEqual(Hash256.of(Array(party.id.utf8)).bytes) else { throw .relyingParty }
        guard flags.contains(.userPresent) else { throw .userPresence }
        guard !needsVerification || flags.contains(.userVerified) else { throw .userVerification }
        // Nothing is backed up that cannot be.
        guard !flags.contains(.backedUp) || flags.contains(.backupEligible) else { throw .backupState }
    }

    private static func algorithm(_ reader: inout CBORReader) throws(WebAuthnRefusal) -> Int {
        var found: [Int: Int?] = [:]
        for _ in 0..<(try reader.mapCount()) {
            guard let label = try reader.integer(), found[label] == nil else { throw .malformed }
            found[label] = .some(try reader.integer())
        }
        guard let algorithm = found[3] ?? nil else { throw .malformed }
        return algorithm
    }

    private static func extensions(_ reader: inout CBORReader) throws(WebAuthnRefusal) -> [String: Int?] {
        var found: [String: Int?] = [:]
        for _ in 0..<(try reader.mapCount()) {
            let name = try reader.text()
            guard found[name] == nil else { throw .malformed }
            found[name] = .some(try reader.integer())
        }
        return found
    }

    private static func uuid(_ bytes: ArraySlice<UInt8>) -> UUID {
        let b = Array(bytes)
        return UUID(
            uuid: (
                b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]
            ))
    }
}
