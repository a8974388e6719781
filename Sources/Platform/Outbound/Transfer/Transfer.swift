import CCurl

/// One request in libcurl's hands: owns the easy handle and what its callbacks fill. Confined to the loop thread.
final class Transfer {
    let id: UInt64
    let order: TransferOrder
    let easy: UnsafeMutableRawPointer
    var headerLines: UnsafeMutablePointer<curl_slist>?
    var fixedNames: UnsafeMutablePointer<curl_slist>?
    /// What is left to send of a mail.
    var rest: ArraySlice<UInt8> = []
    /// A connection that stands, and is libcurl's affair no more but for its bytes.
    var line: Line?

    /// The head that is being read; interim responses (1xx) come before the real one.
    private var fields = OutboundHeaders()
    private var headBytes = 0
    private var hasHead = false
    var isPaused = false
    var lastNews = ContinuousClock.now
    private(set) var hasRefusedAddress = false
    private(set) var isHeadTooLarge = false

    static let longestHead = 64 * 1024

    init?(id: UInt64, order: TransferOrder) {
        guard let easy = curl_easy_init() else { return nil }
        self.id = id
        self.order = order
        self.easy = easy
        // The handle is owned from here on: `deinit` frees it when the set-up fails.
        guard setUp() else { return nil }
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_slist_free_all(headerLines)
        curl_slist_free_all(fixedNames)
    }

    static func of(_ easy: UnsafeMutableRawPointer?) -> Transfer? {
        easy.flatMap(curl_get_private).map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    // MARK: what the callbacks report

    /// One line of a head, or of the trailer, which nobody here needs.
    func receive(headerLine line: UnsafeRawBufferPointer) -> Bool {
        lastNews = .now
        headBytes += line.count
        guard headBytes <= Self.longestHead else {
            isHeadTooLarge = true
            return false
        }
        guard !hasHead else { return true }
        let text = String(decoding: line, as: UTF8.self)
        if text.hasPrefix("HTTP/") {
            fields = OutboundHeaders()
        } else if let colon = text.firstIndex(of: ":") {
            fields.append(String(text[..<colon]), text[text.index(after: colon)...].trimmingSpace())
        } else if text.trimmingSpace().isEmpty {
            let status = curl_get_number(easy, CURLINFO_RESPONSE_CODE)
            guard status >= 200 else { return true }
            hasHead = true
            order.pipe.begin(ResponseHead(status: status, headers: fields))
        }
        return true
    }

    func receive(body bytes: UnsafeRawBufferPointer) -> Bool {
        lastNews = .now
        isPaused = !order.pipe.offer(bytes)
        return !isPaused
    }

    func permits(_ address: IPAddress?, port: Int) -> Bool {
        if let address, order.egress.permits(address, port: port, askedFor: order.destination) { return true }
        hasRefusedAddress = true
        return false
    }

    // MARK: what the loop does

    func resume() {
        lastNews = .now
        isPaused = false
        if line == nil { curl_easy_pause(easy, CURLPAUSE_CONT) }
    }

    var hasIdleTime: Bool {
        if case .idle = order.timing { true } else { false }
    }

    func isIdle(at now: ContinuousClock.Instant) -> Bool {
        guard case .idle(let limit) = order.timing, !isPaused else { return false }
        return now - lastNews > limit
    }
}

extension Substring {
    fileprivate func trimmingSpace() -> String { String(self).trimmingSpace() }
}

extension String {
    /// Without the white space around, and without the end of the line.
    fileprivate func trimmingSpace() -> String {
        let space: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0.isNewline }
        let tail = drop(while: space)
        guard let last = tail.lastIndex(where: { !space($0) }) else { return "" }
        return String(tail[...last])
    }
}
