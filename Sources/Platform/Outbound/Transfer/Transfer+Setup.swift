import CCurl

extension Transfer {
    /// Tells libcurl everything; `false` when it refuses anything, since a forgotten option could be a guard.
    func setUp() -> Bool {
        let context = Unmanaged.passUnretained(self).toOpaque()
        return isSet([
            curl_set_pointer(easy, CURLOPT_PRIVATE, context),
            // The environment's proxies are not ours, and nobody may tunnel past the egress policy.
            curl_set_text(easy, CURLOPT_PROXY, ""),
            curl_set_text(easy, CURLOPT_NOPROXY, "*"),
            curl_set_number(easy, CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue)),
            curl_set_number(easy, CURLOPT_NOSIGNAL, 1),
            // Without this, ending a transfer waits for its name lookup, and every other transfer with it.
            curl_set_number(easy, CURLOPT_QUICK_EXIT, 1),
            curl_set_number(easy, CURLOPT_TCP_KEEPALIVE, 1),
            curl_set_number(easy, CURLOPT_CONNECTTIMEOUT_MS, order.connectTimeout.milliseconds),
        ]) && setUpTiming() && setUpTrust() && setUpWork(context) && setUpNames() && setUpCallbacks(context)
    }

    private func setUpWork(_ context: UnsafeMutableRawPointer) -> Bool {
        switch order.work {
        case .request(let request): setUpProtocol(request) && setUpMethod(request) && setUpHeaders(request)
        case .mail(let mail): setUp(mail, context)
        case .connection(let request): setUpProtocol(request) && setUpConnection()
        }
    }

    private func setUpProtocol(_ request: OutboundRequest) -> Bool {
        isSet([
            curl_set_text(easy, CURLOPT_URL, request.url.text),
            curl_set_text(easy, CURLOPT_PROTOCOLS_STR, "http,https"),
            curl_set_number(easy, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1)),
            curl_set_number(easy, CURLOPT_HTTP09_ALLOWED, 0),
            curl_set_number(easy, CURLOPT_FOLLOWLOCATION, 0),
            curl_set_text(easy, CURLOPT_USERAGENT, order.configuration.userAgent),
        ])
    }

    func isSet(_ codes: [CURLcode]) -> Bool {
        codes.allSatisfy { $0 == CURLE_OK }
    }

    private func setUpTiming() -> Bool {
        guard case .total(let limit) = order.timing else { return true }
        return isSet([curl_set_number(easy, CURLOPT_TIMEOUT_MS, limit.milliseconds)])
    }

    private func setUpTrust() -> Bool {
        var codes = [
            curl_set_number(easy, CURLOPT_SSL_VERIFYPEER, 1),
            curl_set_number(easy, CURLOPT_SSL_VERIFYHOST, 2),
            curl_set_number(easy, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)),
        ]
        if case .authorities(let pem) = order.configuration.trust {
            var bytes = Array(pem.utf8)
            let count = bytes.count
            codes += bytes.withUnsafeMutableBytes { buffer in
                var blob = curl_unowned_blob(buffer.baseAddress, count)
                // The system's own store is taken away: it would count in addition.
                return [
                    curl_set_text(easy, CURLOPT_CAINFO, nil),
                    curl_set_text(easy, CURLOPT_CAPATH, nil),
                    curl_set_pointer(easy, CURLOPT_CAINFO_BLOB, &blob),
                ]
            }
        }
        return isSet(codes)
    }

    private func setUpMethod(_ request: OutboundRequest) -> Bool {
        switch request.method {
        case .get: return isSet([curl_set_number(easy, CURLOPT_HTTPGET, 1)])
        case .head: return isSet([curl_set_number(easy, CURLOPT_NOBODY, 1)])
        case .delete where request.body.isEmpty:
            return isSet([curl_set_text(easy, CURLOPT_CUSTOMREQUEST, request.method.rawValue)])
        case .post, .put, .patch, .delete:
            return isSet([
                curl_set_number(easy, CURLOPT_POST, 1),
                curl_set_text(easy, CURLOPT_CUSTOMREQUEST, request.method.rawValue),
                curl_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count)),
                request.body.withUnsafeBytes { bytes in
                    let start = UnsafeMutableRawPointer(mutating: bytes.baseAddress)
                    return start == nil
                        ? curl_set_text(easy, CURLOPT_COPYPOSTFIELDS, "")
                        : curl_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, start)
                },
            ])
        }
    }

    private func setUpHeaders(_ request: OutboundRequest) -> Bool {
        for line in TransferOrder.headerLines(of: request) {
            guard let longer = curl_slist_append(headerLines, line) else { return false }
            headerLines = longer
        }
        return isSet([curl_set_pointer(easy, CURLOPT_HTTPHEADER, headerLines)])
    }

    private func setUpNames() -> Bool {
        let names = order.configuration.resolved()
        guard !names.isEmpty else { return true }
        for line in names {
            guard let longer = curl_slist_append(fixedNames, line) else { return false }
            fixedNames = longer
        }
        return isSet([curl_set_pointer(easy, CURLOPT_RESOLVE, fixedNames)])
    }
}
