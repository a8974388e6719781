import CCurl

extension Transfer {
    /// What libcurl's result means to the caller.
    func outcome(of code: CURLcode) -> Result<Void, OutboundError> {
        code == CURLE_OK ? .success(()) : .failure(error(for: code))
    }

    private func error(for code: CURLcode) -> OutboundError {
        let destination = order.destination
        if case .mail = order.work, let error = mailError(for: code, destination) { return error }
        switch code {
        case CURLE_COULDNT_CONNECT, CURLE_ABORTED_BY_CALLBACK:
            return hasRefusedAddress ? .destinationRefused(destination) : .notConnected(destination)
        case CURLE_COULDNT_RESOLVE_HOST: return .nameNotFound(destination)
        case CURLE_OPERATION_TIMEDOUT:
            return .timedOut(
                destination, curl_get_size(easy, CURLINFO_PRETRANSFER_TIME_T) > 0 ? .answering : .connecting)
        case CURLE_PEER_FAILED_VERIFICATION: return .tls(destination, .untrusted)
        case CURLE_SSL_CONNECT_ERROR: return .tls(destination, .handshake)
        case CURLE_WRITE_ERROR where isHeadTooLarge:
            return .responseTooLarge(destination, limit: Self.longestHead)
        case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_PARTIAL_FILE, CURLE_WEIRD_SERVER_REPLY,
            CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING:
            return .brokenOff(destination)
        default: return .unexpected(destination, code: Int(code.rawValue))
        }
    }
}
