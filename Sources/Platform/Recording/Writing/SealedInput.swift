package import Cryptography
package import Kernel

/// The data of a `z` event: HPKE to the tenant's redaction key, of the letter of the kind and the data. The info is the
/// recording's id.
package enum SealedInput {
    package static func seal(
        _ kind: RecordingEvent.Kind, _ data: [UInt8], to key: SealingPublicKey, recording: RecordingID
    ) throws(RecordingError) -> [UInt8] {
        do {
            return try HPKESealer.seal([kind.rawValue] + data, to: key, info: recording.text)
        } catch {
            throw .codec("sealing unechoed input: \(error)")
        }
    }

    /// The event that was sealed, at the time and on the channel of the sealed one.
    package static func open(
        _ event: RecordingEvent, with key: SealingPrivateKey, recording: RecordingID
    ) throws(SealError) -> RecordingEvent {
        let plain = try HPKESealer.open(event.data, with: key, info: recording.text)
        guard let letter = plain.first, let kind = RecordingEvent.Kind(rawValue: letter) else { throw .format }
        return RecordingEvent(
            time: event.time, channel: event.channel, kind: kind, data: Array(plain.dropFirst()))
    }
}
