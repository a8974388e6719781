/// Just enough of SFTP to say no in a way that clients show: the version, and to everything else PERMISSION_DENIED with
/// the reason (draft-ietf-secsh-filexfer-02). A channel that merely fails makes some clients wait and others lose the text.
struct SFTPRefusal {
    private let reason: String
    private var pending: [UInt8] = []
    /// The client sent what is no SFTP.
    private(set) var isBroken = false

    private static let most = 256 * 1024
    private static let initialize: UInt8 = 1
    private static let version: UInt8 = 2
    private static let status: UInt8 = 101
    private static let permissionDenied: UInt32 = 3

    init(reason: String) {
        self.reason = reason
    }

    /// Takes bytes of the client and returns the answers.
    mutating func receive(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        pending += bytes
        var answers: [UInt8] = []
        while !isBroken, pending.count >= 5 {
            let length = Self.number(pending[0..<4])
            guard 1...Self.most ~= length else {
                isBroken = true
                break
            }
            guard pending.count >= 4 + length else { break }
            let packet = pending[4..<4 + length]
            if packet[4] == Self.initialize {
                answers += Self.packet([Self.version] + Self.bytes(3))
            } else if length >= 5 {
                let text = Array(reason.utf8)
                answers += Self.packet(
                    [Self.status] + packet[5..<9] + Self.bytes(Self.permissionDenied) + Self.bytes(UInt32(text.count))
                        + text + Self.bytes(2) + Array("en".utf8))
            }
            pending.removeFirst(4 + length)
        }
        if isBroken { pending = [] }
        return answers
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

    private static func bytes(_ number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }

    private static func packet(_ body: [UInt8]) -> [UInt8] { bytes(UInt32(body.count)) + body }
}
