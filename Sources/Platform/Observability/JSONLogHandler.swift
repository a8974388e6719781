import FoundationEssentials
import Kernel
package import Logging

/// Writes each log event as one line of JSON, with the trace of the running task and without secrets.
///
///     LoggingSystem.bootstrap { JSONLogHandler(label: $0) }
package struct JSONLogHandler: LogHandler {
    /// Takes one whole line, line end included.
    package typealias Sink = @Sendable ([UInt8]) -> Void

    private static let longestText = 8192

    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let sink: Sink

    package init(label: String, level: Logger.Level = .info, sink: @escaping Sink = JSONLogHandler.standardError) {
        self.label = label
        self.logLevel = level
        self.sink = sink
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var writer = JSONWriter()
        writer.object { writer in
            writer.name("at")
            writer.string(Timestamp.text(Date()))
            writer.name("level")
            writer.string(event.level.rawValue)
            writer.name("label")
            writer.string(label)
            writer.name("message")
            writer.string(clean(event.message.description))
            if let error = event.error {
                writer.name("error")
                writer.string(clean("\(error)"))
            }
            write(merged(event.metadata), &writer)
        }
        var line = writer.bytes
        line.append(UInt8(ascii: "\n"))
        sink(line)
    }

    /// The event's own metadata wins over the logger's, and that over the task's.
    private func merged(_ own: Logger.Metadata?) -> Logger.Metadata {
        var all = metadataProvider?.get() ?? [:]
        if let trace = Trace.current {
            all["trace"] = .string(trace.id)
            if let tenant = trace.tenant { all["tenant"] = .string(tenant) }
        }
        all.merge(metadata) { _, new in new }
        if let own { all.merge(own) { _, new in new } }
        return all
    }

    private func write(_ metadata: Logger.Metadata, _ writer: inout JSONWriter) {
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
            // These are the line's own names; a value under one of them must not replace them for a reader.
            writer.name(["at", "level", "label", "message"].contains(name) ? "_\(name)" : name)
            if Redaction.hides(name) { writer.string(Redaction.replacement) } else { write(value, &writer) }
        }
    }

    private func write(_ value: Logger.Metadata.Value, _ writer: inout JSONWriter) {
        switch value {
        case .string(let text): writer.string(clean(text))
        // Nearly all are this; whether something conforms to a protocol takes ten times as long to find out.
        case .stringConvertible(let number as Int): writer.write(.int(Int64(number)))
        case .stringConvertible(let number as any BinaryInteger): writer.write(.int(Int64(clamping: number)))
        case .stringConvertible(let number as Double): writer.double(number)
        case .stringConvertible(let flag as Bool): writer.bool(flag)
        case .stringConvertible(let other): writer.string(clean(other.description))
        case .array(let values): writer.array { writer in for value in values { write(value, &writer) } }
        case .dictionary(let inner): writer.object { writer in write(inner, &writer) }
        }
    }

    private func clean(_ text: String) -> String {
        let cut = text.utf8.count > Self.longestText ? String(text.unicodeScalars.prefix(2000)) + "…" : text
        return Redaction.clean(cut)
    }

    package static let standardError: Sink = { line in
        line.withUnsafeBytes(StandardError.write)
    }
}
