import Cryptography
import Foundation
import Recording

/// Where the key of a recording comes from.
enum KeyFile {
    /// The text of the key: from a file or standard input, never from the argument itself, which other users of the
    /// machine can read.
    static func read(_ argument: String) throws -> Redacted<String> {
        guard argument == "-" || FileManager.default.fileExists(atPath: argument) else {
            throw CommandFailure(
                "--key takes a file (or - for standard input): a key in the arguments would be seen by everybody here.")
        }
        return try SecretSource.read(file: argument)
    }

    static func recordingKey(_ argument: String) throws -> RecordingKey {
        guard let key = RecordingKey(try read(argument).reveal()) else {
            throw CommandFailure(
                "The recording key must be 32 bytes in base64url, as `gatehouse recording-key` prints it.")
        }
        return key
    }
}
