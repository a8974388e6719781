import Synchronization

/// The caller's side of one request: reads the response, and ends the transfer when the caller is cancelled or gone.
final class Exchange: Sendable {
    private let id: UInt64
    private let pipe: ResponsePipe
    private let loop: TransferLoop

    private static let lastID = Atomic<UInt64>(0)

    init(_ order: TransferOrder, on loop: TransferLoop) {
        id = Self.lastID.wrappingAdd(1, ordering: .relaxed).newValue
        pipe = order.pipe
        self.loop = loop
        loop.submit(.start(id, order))
    }

    deinit {
        if !pipe.isOver { loop.submit(.cancel(id)) }
    }

    func head() async throws(OutboundError) -> ResponseHead {
        try await untilCancelled { await $0.head() }
    }

    /// The next bytes of the body; `nil` at its end.
    func next() async throws(OutboundError) -> [UInt8]? {
        let (bytes, mayGoOn) = try await untilCancelled { await $0.next() }
        if mayGoOn { loop.submit(.resume(id)) }
        return bytes
    }

    /// Sends bytes on a connection that stands; they wait while the other side takes none.
    func write(_ bytes: [UInt8]) { loop.submit(.write(id, bytes)) }

    /// Ends it, whoever still holds it.
    func end() {
        pipe.abandon()
        loop.submit(.cancel(id))
    }

    private func untilCancelled<Value>(
        _ read: (ResponsePipe) async -> Result<Value, OutboundError>
    ) async throws(OutboundError) -> Value {
        let result = await withTaskCancellationHandler {
            await read(pipe)
        } onCancel: {
            end()
        }
        return try result.get()
    }
}
