import FoundationEssentials
import HTTPAPI
package import Kernel
import Outbound

/// How a gateway is asked.
package enum SMSMethod: String, Sendable, CaseIterable, WireValue {
    case get, post
}

/// A gateway that is spoken to by a request of the company's own making, with words in double braces for what differs.
package struct CustomSMS: Sendable, SMSVendor {
    /// How what takes the place of a word is written, and what the body is said to be.
    package enum Format: String, Sendable, CaseIterable, WireValue {
        case json, form, xml, text

        var contentType: String {
            switch self {
            case .json: "application/json"
            case .form: "application/x-www-form-urlencoded"
            case .xml: "application/xml; charset=utf-8"
            case .text: "text/plain; charset=utf-8"
            }
        }
    }

    package let method: SMSMethod
    package let url: String
    package let headers: [CustomSMSHeader]
    package let format: Format
    package let body: String?
    /// What stands in the answer to a message that was taken; without it the status decides.
    package let success: String?

    package init(
        method: SMSMethod, url: String, headers: [CustomSMSHeader], format: Format, body: String?, success: String?
    ) throws(Invalid) {
        self.method = method
        self.url = url
        self.headers = headers
        self.format = format
        self.body = body
        self.success = success
        guard (body == nil) == (method == .get) else {
            throw Invalid(method == .get ? "goes with POST only" : "is needed with POST", field: "body")
        }
        try check()
    }

    private func check() throws(Invalid) {
        let sample = Words(
            values: Dictionary(uniqueKeysWithValues: Words.names.map { ($0, "0") }))
        guard let whole = sample.filled(url, FormText.escape), let parsed = try? OutboundURL(whole) else {
            throw Invalid("must be an http or https URL, with \(Words.list) as its only words", field: "url")
        }
        // Where the message goes is fixed: nothing that differs stands before the path.
        let place = url.prefix { $0 != "{" }
        guard let slashes = place.firstRange(of: "://"),
            place[slashes.upperBound...].contains(where: { "/?".contains($0) })
                || whole == url, parsed.destination == (try? OutboundURL(String(place)))?.destination
        else { throw Invalid("must have words in braces behind the host only", field: "url") }
        for header in headers {
            guard sample.filled(header.value, { $0 }) != nil else {
                throw Invalid("must have \(Words.list) as its only words", field: "headers")
            }
        }
        guard let body else { return }
        guard let text = sample.filled(body, escape) else {
            throw Invalid("must have \(Words.list) as its only words", field: "body")
        }
        guard format != .json || (try? JSONParser.parse(Array(text.utf8))) != nil else {
            throw Invalid("must be JSON, with words inside of its texts", field: "body")
        }
    }

    var needsSecret: Bool {
        ([url, body ?? ""] + headers.map(\.value)).contains { Words.names(in: $0)?.contains("secret") == true }
    }

    /// Where a code stands by itself, something would be missing; where the text stands, all is said.
    var takesNotices: Bool {
        let texts = [url, body ?? ""] + headers.map(\.value)
        let names = Set(texts.flatMap { Words.names(in: $0) ?? [] })
        return names.contains("text") && names.isDisjoint(with: ["code", "minutes"])
    }

    /// Whether a secret goes where it went, and in the same way: whoever changes any of it could have it sent to
    /// themselves.
    func isSamePlace(as other: CustomSMS) -> Bool {
        method == other.method && url == other.url && headers == other.headers && format == other.format
            && body == other.body && success == other.success
    }

    func call(_ message: SMSMessage, secret: Secret, at moment: SMSMoment) -> SMSCall {
        let words = Words(values: [
            "number": message.number.text, "digits": message.number.digits, "local": message.number.local,
            "code": message.code, "minutes": String(message.minutes), "company": message.company,
            "text": message.text, "id": moment.nonce, "time": String(Int(moment.date.timeIntervalSince1970)),
            "secret": secret.reveal(),
        ])
        var fields = headers.map { SMSCall.Header(name: $0.name, value: words.filled($0.value, Self.line) ?? "") }
        if body != nil, !fields.contains(where: { $0.name.lowercased() == "content-type" }) {
            fields.append(SMSCall.Header(name: "Content-Type", value: format.contentType))
        }
        return SMSCall(
            method: method, url: words.filled(url, FormText.escape) ?? "", headers: fields,
            body: Array((body.flatMap { words.filled($0, escape) } ?? "").utf8))
    }

    func verdict(status: Int, body: [UInt8]) -> SMSVerdict {
        let text = String(decoding: body.prefix(64 * 1024), as: UTF8.self)
        guard 200..<300 ~= status, success.map(text.contains) ?? true else {
            return Self.refusal(status, "status \(status)", text)
        }
        return .taken("")
    }

    private func escape(_ value: String) -> String {
        switch format {
        case .json: String(decoding: JSON.string(value).bytes.dropFirst().dropLast(), as: UTF8.self)
        case .form: FormText.escape(value)
        case .xml:
            value.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
                .replacing("\"", with: "&quot;").replacing("'", with: "&apos;")
        case .text: value
        }
    }

    /// What can end no header field.
    private static func line(_ value: String) -> String {
        String(String.UnicodeScalarView(value.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }))
    }

    /// What stands for words in double braces. What was filled in is not looked at again.
    private struct Words {
        static let names = [
            "number", "digits", "local", "code", "minutes", "company", "text", "id", "time", "secret",
        ]
        static var list: String { names.map { "{{\($0)}}" }.joined(separator: ", ") }

        let values: [String: String]

        /// Nil if there is a word that nobody knows, or a brace too many.
        func filled(_ template: String, _ escape: (String) -> String) -> String? {
            var result = ""
            var rest = template[...]
            while let open = rest.firstRange(of: "{{") {
                result += rest[..<open.lowerBound]
                rest = rest[open.upperBound...]
                guard let close = rest.firstRange(of: "}}"), let value = values[String(rest[..<close.lowerBound])]
                else {
                    return nil
                }
                result += escape(value)
                rest = rest[close.upperBound...]
            }
            return result + rest
        }

        static func names(in template: String) -> [String]? {
            var found: [String] = []
            var rest = template[...]
            while let open = rest.firstRange(of: "{{") {
                rest = rest[open.upperBound...]
                guard let close = rest.firstRange(of: "}}") else { return nil }
                found.append(String(rest[..<close.lowerBound]))
                rest = rest[close.upperBound...]
            }
            return found
        }
    }
}

/// A header field of a custom gateway.
package struct CustomSMSHeader: Sendable, Hashable {
    package let name: String
    package let value: String

    package init(name: String, value: String) throws(Invalid) {
        let reserved = [
            "connection", "content-length", "expect", "host", "keep-alive", "te", "trailer", "transfer-encoding",
            "upgrade",
        ]
        guard !reserved.contains(name.lowercased()), !name.lowercased().hasPrefix("proxy-") else {
            throw Invalid("belongs to the connection", field: "name")
        }
        self.name = name
        self.value = value
    }
}
