import CQREncode

/// A QR code, drawn for a page (`svg`) or for a terminal (`terminalText`): how an authenticator app is enrolled.
///
/// The modules are computed once, at `init`; drawing is pure. The text is usually a secret (`otpauth://…`), so neither
/// the value nor its drawings belong in a log, and no drawing repeats the text as a title or a comment.
package struct QRCode: Sendable {
    /// How much of the code may be lost and still be read; higher means a larger code.
    package enum Correction: Sendable {
        case low, medium, quartile, high
    }

    /// Modules along one side, without the quiet zone.
    package let size: Int
    private let dark: [Bool]

    /// Encodes UTF-8 bytes with the smallest version that holds them.
    package init(_ text: String, correction: Correction = .medium) throws(QRCodeError) {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty else { throw .empty }
        guard let code = QRcode_encodeData(CInt(clamping: bytes.count), bytes, 0, correction.level) else {
            throw .tooLong
        }
        defer { QRcode_free(code) }
        size = Int(code.pointee.width)
        // Only the lowest bit says dark; the others tell what the module is for.
        dark = UnsafeBufferPointer(start: code.pointee.data, count: size * size).map { $0 & 1 == 1 }
    }

    /// Whether the module is dark; everything outside the code is light.
    package subscript(column: Int, row: Int) -> Bool {
        guard (0..<size).contains(column), (0..<size).contains(row) else { return false }
        return dark[row * size + column]
    }
}

/// Why a text has no QR code.
package enum QRCodeError: Error, Sendable, Equatable, CustomStringConvertible {
    case empty
    case tooLong

    package var description: String {
        switch self {
        case .empty: "there is nothing to encode"
        case .tooLong: "the text is too long for a QR code: at most 2,953 bytes at the lowest correction"
        }
    }
}

extension QRCode.Correction {
    var level: QRecLevel {
        switch self {
        case .low: QR_ECLEVEL_L
        case .medium: QR_ECLEVEL_M
        case .quartile: QR_ECLEVEL_Q
        case .high: QR_ECLEVEL_H
        }
    }
}
