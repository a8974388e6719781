package import Kernel

/// How a worker is doing.
package struct HealthReport: WireValue, Equatable {
    package let sessions: Int
    package let load: Int
    package let processors: Int
    package let spoolBytes: Int
    package let version: String
    package let program: String

    package init(
        sessions: Int, load: Int, processors: Int = 1, spoolBytes: Int, version: String, program: String
    ) {
        self.sessions = sessions
        self.load = load
        self.processors = processors
        self.spoolBytes = spoolBytes
        self.version = version
        self.program = program
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("sessions", \.sessions, .int(0...1_000_000))
        Field("load", \.load, .int(0...1_000_000), note: "Percent of one processor.")
        Field("processors", \.processors, Schema<Int>.int(1...4096).otherwise(1))
        Field("spoolBytes", \.spoolBytes, .int(0...Counters.most))
        Field("version", \.version, .text(1...64))
        Field("program", \.program, .text(1...64))
    }
}

/// What the server thinks of the worker.
package struct HealthAnswer: WireValue, Equatable {
    package let state: WorkerState

    package init(state: WorkerState) {
        self.state = state
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("state", \.state)
    }
}

/// Whether a worker may take sessions.
package enum WorkerState: String, CaseIterable, WireValue {
    case active
    case draining
    case quarantined
    case removed
}

/// An asset showed a key that is not pinned. The session has ended.
package struct HostKeyReport: WireValue, Equatable {
    package let session: SessionID
    package let algorithm: String
    package let key: Bytes

    package init(session: SessionID, algorithm: String, key: Bytes) {
        self.session = session
        self.algorithm = algorithm
        self.key = key
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("session", \.session)
        Field("algorithm", \.algorithm, .text(1...64))
        Field("key", \.key, Bytes.schema(1...16_384))
    }
}
