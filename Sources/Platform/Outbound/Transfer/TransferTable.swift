import CCurl

/// The transfers that are under way. Confined to the loop thread.
struct TransferTable {
    private let multi: MultiHandle
    private var transfers: [UInt64: Transfer] = [:]

    init(multi: MultiHandle) {
        self.multi = multi
    }

    mutating func carryOut(_ command: TransferLoop.Command) {
        switch command {
        case .start(let id, let order): start(id, order)
        case .resume(let id):
            transfers[id]?.resume()
            work(id)
        case .write(let id, let bytes):
            guard let transfer = transfers[id] else { return }
            guard transfer.take(bytes) else { return end(id, .failure(.brokenOff(transfer.order.destination))) }
            work(id)
        case .cancel(let id): end(id, .failure(.cancelled))
        }
    }

    /// Lets libcurl work on what is there and waits for more; `false` when it cannot any longer.
    mutating func advance() -> Bool {
        var running: CInt = 0
        guard curl_multi_perform(multi.pointer, &running) == CURLM_OK else { return false }
        reap()
        let now = ContinuousClock.now
        for (id, transfer) in transfers where transfer.isIdle(at: now) {
            end(id, .failure(.timedOut(transfer.order.destination, .idle)))
        }
        // libcurl shortens the wait for its own timers; only idle times are ours.
        let wait: CInt = transfers.values.contains { $0.hasIdleTime } ? 250 : 60_000
        let lines = transfers.values.compactMap { transfer in transfer.waiting.map { (transfer, $0) } }
        guard !lines.isEmpty else { return curl_multi_poll(multi.pointer, nil, 0, wait, nil) == CURLM_OK }
        var waiting = lines.map(\.1)
        guard curl_multi_poll(multi.pointer, &waiting, UInt32(waiting.count), wait, nil) == CURLM_OK else {
            return false
        }
        for ((transfer, _), found) in zip(lines, waiting) where found.revents != 0 { work(transfer.id) }
        return true
    }

    /// Sends and takes what a connection that stands has, as far as that goes.
    private mutating func work(_ id: UInt64) {
        guard let transfer = transfers[id], transfer.line != nil, let outcome = transfer.work() else { return }
        end(id, outcome)
    }

    mutating func close() {
        for id in transfers.keys { end(id, .failure(.stopped)) }
        curl_multi_cleanup(multi.pointer)
    }

    private mutating func start(_ id: UInt64, _ order: TransferOrder) {
        // The caller may have been cancelled before we came to it.
        guard !order.pipe.isOver else { return }
        guard let transfer = Transfer(id: id, order: order),
            curl_multi_add_handle(multi.pointer, transfer.easy) == CURLM_OK
        else {
            order.pipe.finish(.failure(.unexpected(order.destination, code: Int(CURLE_FAILED_INIT.rawValue))))
            return
        }
        transfers[id] = transfer
    }

    private mutating func reap() {
        var left: CInt = 0
        while let message = curl_multi_info_read(multi.pointer, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let transfer = Transfer.of(message.pointee.easy_handle) else {
                continue
            }
            let outcome = transfer.outcome(of: curl_message_result(message))
            if case .success = outcome, case .connection = transfer.order.work {
                if transfer.stands() {
                    work(transfer.id)
                } else {
                    end(transfer.id, .failure(.brokenOff(transfer.order.destination)))
                }
            } else {
                end(transfer.id, outcome)
            }
        }
    }

    private mutating func end(_ id: UInt64, _ outcome: Result<Void, OutboundError>) {
        guard let transfer = transfers.removeValue(forKey: id) else { return }
        curl_multi_remove_handle(multi.pointer, transfer.easy)
        transfer.order.pipe.finish(outcome)
    }
}
