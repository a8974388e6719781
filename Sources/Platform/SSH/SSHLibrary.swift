import CLibSSH
import Glibc

/// What must be done once per process before libssh is used.
enum SSHLibrary {
    private static let once: Void = {
        // A peer that goes away must not kill the process; libssh passes MSG_NOSIGNAL, pipes of others do not.
        signal(SIGPIPE, SIG_IGN)
        precondition(ssh_init() == SSH_OK, "libssh cannot start")
        precondition(ssh_version((0 << 16) | (10 << 8) | 6) != nil, "libssh 0.10.6 or newer is needed")
    }()

    static func prepare() {
        _ = once
    }

    /// libssh's last words on a session or a bind, without control characters.
    static func message(_ handle: OpaquePointer) -> String {
        guard let text = ssh_get_error(UnsafeMutableRawPointer(handle)) else { return "unknown error" }
        return printable(String(cString: text))
    }

    /// Text from a peer, fit for a log or a screen.
    static func printable(_ text: String, limit: Int = 500) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.prefix(limit).map {
                    $0.properties.generalCategory == .control || $0.properties.generalCategory == .format ? " " : $0
                }))
    }
}

/// Text that C gave us, or nil.
func text(_ pointer: UnsafePointer<CChar>?) -> String? {
    pointer.map { String(cString: $0) }
}
