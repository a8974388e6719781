import CCurl

extension Transfer {
    /// What a connection that stands has to do with its socket.
    struct Line {
        let descriptor: curl_socket_t
        /// What is still to be sent, and what has come and found no room.
        var unsent: [UInt8] = []
        var held: [UInt8] = []
    }

    /// More than that waits for nobody who does not read.
    private static let mostUnsent = 1 << 20
    private static let piece = 16 * 1024

    /// libcurl connects, and agrees on TLS, and leaves it at that.
    func setUpConnection() -> Bool {
        isSet([curl_set_number(easy, CURLOPT_CONNECT_ONLY, 1), curl_set_number(easy, CURLOPT_FRESH_CONNECT, 1)])
    }

    /// It is connected; whether it can be used.
    func stands() -> Bool {
        let descriptor = curl_get_socket(easy)
        guard descriptor != CURL_SOCKET_BAD else { return false }
        line = Line(descriptor: descriptor)
        lastNews = .now
        order.pipe.begin(ResponseHead(status: 200, headers: OutboundHeaders()))
        return true
    }

    /// What the loop waits for; nil for nothing. It must not even look then: that the other side has broken off is told
    /// unasked, again and again, and stays until a reader who is behind has read.
    var waiting: curl_waitfd? {
        guard let line, !isPaused || !line.unsent.isEmpty else { return nil }
        let events = (isPaused ? 0 : CURL_WAIT_POLLIN) | (line.unsent.isEmpty ? 0 : CURL_WAIT_POLLOUT)
        return curl_waitfd(fd: line.descriptor, events: Int16(events), revents: 0)
    }

    /// False if the other side has not taken what it was sent long ago.
    func take(_ bytes: [UInt8]) -> Bool {
        guard let line else { return true }
        guard line.unsent.count + bytes.count <= Self.mostUnsent else { return false }
        self.line?.unsent += bytes
        return true
    }

    /// Sends and reads as much as goes without waiting; how it ended, if it did.
    func work() -> Result<Void, OutboundError>? {
        send() ?? receive()
    }

    private func send() -> Result<Void, OutboundError>? {
        while let unsent = line?.unsent, !unsent.isEmpty {
            var sent = 0
            let code = unsent.withUnsafeBytes { curl_easy_send(easy, $0.baseAddress, $0.count, &sent) }
            if code == CURLE_AGAIN { return nil }
            guard code == CURLE_OK, sent > 0 else { return .failure(.brokenOff(order.destination)) }
            line?.unsent.removeFirst(sent)
        }
        return nil
    }

    private func receive() -> Result<Void, OutboundError>? {
        if let held = line?.held, !held.isEmpty {
            guard !isPaused, held.withUnsafeBytes(receive(body:)) else { return nil }
            line?.held = []
        }
        var buffer = [UInt8](repeating: 0, count: Self.piece)
        while !isPaused {
            var count = 0
            let code = buffer.withUnsafeMutableBytes { curl_easy_recv(easy, $0.baseAddress, $0.count, &count) }
            if code == CURLE_AGAIN { return nil }
            guard code == CURLE_OK else { return .failure(.brokenOff(order.destination)) }
            guard count > 0 else { return .success(()) }
            let isTaken = buffer.withUnsafeBytes { receive(body: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            if !isTaken { line?.held = Array(buffer[..<count]) }
        }
        return nil
    }
}
