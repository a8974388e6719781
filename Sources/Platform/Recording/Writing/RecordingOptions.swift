/// How a recording is written. The defaults are those of the format.
package struct RecordingOptions: Sendable {
    /// Whether a position counts only when it is on the disk.
    package var strict = false
    /// Plain bytes after which a frame is cut, but not sooner than `sealPace` after it was begun: each frame costs the
    /// relaying thread a change of files, which in a flood is more than the encryption.
    package var sealBytes = 64 << 10
    package var sealPace: Duration = .milliseconds(100)
    /// Plain bytes after which a frame is cut at once.
    package var sealMost = 768 << 10
    /// Time after which a frame with anything in it is cut.
    package var sealAfter: Duration = .seconds(1)
    /// Time after which sealed frames are named for upload.
    package var segmentAfter: Duration = .seconds(5)
    /// Plain bytes that may wait for the sealer before `append` throws `.full`.
    package var pendingBytes = 2 << 20
    /// Activity after which a snapshot of the screen is due.
    package var snapshotEvery: Duration = .seconds(30)

    package init() {}

    package init(strict: Bool) {
        self.strict = strict
    }
}

/// What the writer calls, on the engine's threads. None of them may block for long.
package struct RecordingHooks: Sendable {
    /// Frames that are on the disk and can be uploaded, in order and without gaps.
    package var segment: @Sendable (RecordingSegment) -> Void = { _ in }
    /// Strict mode: everything up to this position is on the disk.
    package var durable: @Sendable (_ position: UInt64) -> Void = { _ in }
    /// After `append` threw `.full` or said `isBehind`: there is room again.
    package var relief: @Sendable () -> Void = {}
    /// The container cannot be written. It is tried again; until then `append` throws.
    package var failure: @Sendable (RecordingError) -> Void = { _ in }

    package init() {}
}

/// What `append` says about an event that was taken.
package struct Appended: Sendable, Equatable {
    /// How many events have been recorded; `Hooks.durable` speaks in these numbers.
    package let position: UInt64
    /// A snapshot of the screen is due: append one when the screen has taken this event.
    package let snapshotIsDue: Bool
    /// The sealer is half a limit behind: better pause reading until `Hooks.relief`.
    package let isBehind: Bool
}
