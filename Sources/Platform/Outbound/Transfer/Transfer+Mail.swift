import CCurl

extension Transfer {
    /// Tells libcurl about a mail. One recipient each, so that a refusal is about that one.
    func setUp(_ mail: OutboundMail, _ context: UnsafeMutableRawPointer) -> Bool {
        guard let recipients = curl_slist_append(headerLines, "<\(mail.to.text)>") else { return false }
        headerLines = recipients
        rest = mail.message[...]
        var codes = [
            curl_set_text(easy, CURLOPT_URL, mail.server.url),
            curl_set_text(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps"),
            curl_set_number(
                easy, CURLOPT_USE_SSL,
                Int((mail.server.security == .none ? CURLUSESSL_NONE : CURLUSESSL_ALL).rawValue)),
            curl_set_text(easy, CURLOPT_MAIL_FROM, "<\(mail.from.text)>"),
            curl_set_pointer(easy, CURLOPT_MAIL_RCPT, headerLines),
            curl_set_number(easy, CURLOPT_UPLOAD, 1),
            curl_set_receiver(easy, CURLOPT_READFUNCTION, sendBody),
            curl_set_pointer(easy, CURLOPT_READDATA, context),
            // A connection is another login's, or another tenant's, the next time.
            curl_set_number(easy, CURLOPT_FORBID_REUSE, 1),
            curl_set_number(easy, CURLOPT_FRESH_CONNECT, 1),
            // A server that never answers QUIT holds the thread for so many seconds.
            curl_set_number(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, 15),
        ]
        if let login = mail.server.login {
            codes.append(curl_set_text(easy, CURLOPT_USERNAME, login.user))
            codes.append(curl_set_text(easy, CURLOPT_PASSWORD, login.password))
        }
        return isSet(codes)
    }

    /// The next bytes of a mail, at most so many.
    func send(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, rest.count)
        buffer.copyBytes(from: rest.prefix(count))
        rest = rest.dropFirst(count)
        return count
    }

    func mailError(for code: CURLcode, _ destination: HostPort) -> OutboundError? {
        switch code {
        case CURLE_LOGIN_DENIED: return .mailLoginRefused(destination)
        case CURLE_USE_SSL_FAILED: return .mailNotEncrypted(destination)
        default: break
        }
        let reply = curl_get_number(easy, CURLINFO_RESPONSE_CODE)
        return reply >= 400 ? .mailRefused(destination, code: reply) : nil
    }
}

private let sendBody: curl_read_callback = { bytes, size, count, context in
    guard let context, let bytes else { return Int(CURL_READFUNC_ABORT) }
    return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().send(
        into: UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
}
