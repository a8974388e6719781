package import Cryptography
package import Kernel

/// What stands in clear at the start of a recording: no secret, and no name of a person or an asset.
package struct RecordingHeader: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        case terminal, desktop, database, transfer
    }

    /// The screen that the session started with.
    package struct Screen: Sendable, Equatable {
        package let term: String
        package let columns: Int
        package let rows: Int
        package let charset: String

        package init(term: String, columns: Int, rows: Int, charset: String = "UTF-8") {
            self.term = term
            self.columns = columns
            self.rows = rows
            self.charset = charset
        }
    }

    package let recording: RecordingID
    package let session: SessionID
    package let tenant: TenantID
    package let worker: WorkerID
    package let kind: Kind
    package let started: RecordingInstant
    /// The tenant key that wraps the recording key.
    package let key: TenantKeyID
    package let wrapped: [UInt8]
    /// Present for terminals only.
    package let screen: Screen?

    package init(
        recording: RecordingID, session: SessionID, tenant: TenantID, worker: WorkerID, kind: Kind,
        started: RecordingInstant, key: TenantKeyID, wrapped: [UInt8], screen: Screen? = nil
    ) {
        self.recording = recording
        self.session = session
        self.tenant = tenant
        self.worker = worker
        self.kind = kind
        self.started = started
        self.key = key
        self.wrapped = wrapped
        self.screen = screen
    }

    static let magic = Array("GHR1\n".utf8)

    /// Magic, length and JSON: the start of the file, and what the first chain value is the hash of.
    package var bytes: [UInt8] {
        // Texts and small numbers only: they always have a canonical form.
        let json = (try? CanonicalJSON.bytes(json)) ?? []
        return Self.magic + UInt32(json.count).bigEndianBytes + json
    }

    package var hash: Hash256 { .of(bytes) }

    private var json: JSON {
        let common: JSON = [
            "version": 1, "recording": .string(recording.text), "session": .string(session.text),
            "tenant": .string(tenant.text), "worker": .string(worker.text), "kind": .string(kind.rawValue),
            "started": .string(started.text), "cipher": "aes-256-gcm", "compression": "zstd",
            "key": .string(key.text), "wrapped": .string(Base64URL.encode(wrapped)),
        ]
        guard let screen else { return common }
        return common.merging([
            "term": .string(screen.term), "columns": .int(Int64(screen.columns)), "rows": .int(Int64(screen.rows)),
            "charset": .string(screen.charset),
        ])
    }
}

extension RecordingHeader {
    /// Reads the JSON of a header; everything must be there, and nothing else.
    init(json bytes: [UInt8]) throws(ContainerFault.Reason) {
        guard let json = CanonicalJSON.parse(bytes), case .object(let members) = json else {
            throw .header("it is not canonical JSON")
        }
        func text(_ name: String) throws(ContainerFault.Reason) -> String {
            guard let text = json[name]?.text else { throw .header("\(name) is missing") }
            return text
        }
        func parsed<Value>(_ name: String, _ parse: (String) -> Value?) throws(ContainerFault.Reason) -> Value {
            guard let value = parse(try text(name)) else { throw .header("\(name) is malformed") }
            return value
        }
        func number(_ name: String) throws(ContainerFault.Reason) -> Int {
            guard case .int(let value)? = json[name], 0...1_000_000 ~= value else {
                throw .header("\(name) is malformed")
            }
            return Int(value)
        }
        guard json["version"] == 1 else { throw .header("this program reads version 1 only") }
        guard try text("cipher") == "aes-256-gcm" else { throw .header("the cipher is unknown") }
        guard try text("compression") == "zstd" else { throw .header("the compression is unknown") }
        recording = try parsed("recording", RecordingID.init)
        session = try parsed("session", SessionID.init)
        tenant = try parsed("tenant", TenantID.init)
        worker = try parsed("worker", WorkerID.init)
        kind = try parsed("kind", Kind.init)
        started = try parsed("started", RecordingInstant.init)
        key = try parsed("key", TenantKeyID.init)
        wrapped = try parsed("wrapped", Base64URL.decode)
        if json["term"] != nil {
            screen = Screen(
                term: try text("term"), columns: try number("columns"), rows: try number("rows"),
                charset: try text("charset"))
        } else {
            screen = nil
        }
        guard members.count == (screen == nil ? 11 : 15) else { throw .header("it has members that version 1 has not") }
    }
}
