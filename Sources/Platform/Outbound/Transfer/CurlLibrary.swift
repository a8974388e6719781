import CCurl

/// libcurl as a whole: initialised once, by whoever comes first.
enum CurlLibrary {
    static let isReady = curl_initialize() == CURLE_OK
}

/// A multi handle on its way between the mailbox and the loop thread.
struct MultiHandle: @unchecked Sendable {
    // Safe because the loop thread alone uses it, but for `wake`, which libcurl allows from any thread, and which is
    // called only under the mailbox's lock while the handle lives.
    let pointer: UnsafeMutableRawPointer

    init?(maxConnections: Int, kept: Int) {
        guard CurlLibrary.isReady, let pointer = curl_multi_init() else { return nil }
        self.pointer = pointer
        curl_multi_set_number(pointer, CURLMOPT_MAX_TOTAL_CONNECTIONS, maxConnections)
        curl_multi_set_number(pointer, CURLMOPT_MAXCONNECTS, min(maxConnections, kept))
        // No HTTP/2 here, so nothing to share a connection for.
        curl_multi_set_number(pointer, CURLMOPT_PIPELINING, 0)
    }

    func wake() {
        curl_multi_wakeup(pointer)
    }
}
