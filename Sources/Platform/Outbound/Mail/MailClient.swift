package import Logging
import ServiceLifecycle

/// Speaks SMTP to mail servers, through libcurl on a thread of its own. Every connection passes the `EgressPolicy`; TLS is
/// always verified.
package final class MailClient: Service {
    private let configuration: HTTPClientConfiguration
    private let loop: TransferLoop

    package init(configuration: HTTPClientConfiguration, logger: Logger) {
        self.configuration = configuration
        loop = TransferLoop(maxConnections: min(configuration.maxConnections, 16), logger: logger)
    }

    deinit {
        loop.stop()
    }

    /// Hands a mail to its server; returns when the server has taken it.
    package func send(_ mail: OutboundMail) async throws(MailError) {
        guard Self.isWellFormed(mail.message) else { throw .invalidMessage }
        let order = TransferOrder(
            .mail(mail), timing: .total(mail.timeout), egress: configuration.egress.opening(mail.opened),
            configuration: configuration)
        let exchange = Exchange(order, on: loop)
        do {
            while try await exchange.next() != nil {}
        } catch {
            throw Self.meaning(of: error, mail.server.address)
        }
    }

    package func run() async throws {
        try? await gracefulShutdown()
        loop.stop()
        await loop.stopped()
    }

    private static func meaning(of error: OutboundError, _ host: HostPort) -> MailError {
        switch error {
        case .mailRefused(_, let code): .refused(host, code: code)
        case .mailLoginRefused: .loginRefused(host)
        case .mailNotEncrypted: .noEncryption(host)
        default: .transport(error)
        }
    }

    /// RFC 5321 §4.5.3.1.6 and §2.3.8: at most 998 bytes a line, and no CR or LF alone, which some servers take for an end
    /// of the mail and a beginning of commands.
    private static func isWellFormed(_ message: [UInt8]) -> Bool {
        var length = 0
        var previous: UInt8 = 0
        for byte in message {
            switch byte {
            case UInt8(ascii: "\n"):
                guard previous == UInt8(ascii: "\r") else { return false }
                length = 0
            default:
                guard previous != UInt8(ascii: "\r"), byte != 0 else { return false }
                length += byte == UInt8(ascii: "\r") ? 0 : 1
                guard length <= 998 else { return false }
            }
            previous = byte
        }
        return previous == UInt8(ascii: "\n")
    }
}
