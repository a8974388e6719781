import CLibSSH
import Glibc

/// A client's attempt to sign in. It waits for its answer as long as the decision takes; exactly one answer is given.
package final class AuthenticationRequest {
    package enum Method {
        /// Asks what there is.
        case none
        case password(String)
        /// A key. Only a `signed` one proves anything: the client signed this connection's session id, and libssh checked.
        case publicKey(SSHPublicKey, isSigned: Bool)
        /// Asks for the questions.
        case keyboardInteractive
        /// Answers to the questions put before.
        case answers([String])
        /// Something that is not offered.
        case other
    }

    /// What may be tried next.
    package struct Methods: OptionSet, Sendable {
        package let rawValue: Int
        package init(rawValue: Int) { self.rawValue = rawValue }

        package static let password = Methods(rawValue: Int(SSH_AUTH_METHOD_PASSWORD))
        package static let publicKey = Methods(rawValue: Int(SSH_AUTH_METHOD_PUBLICKEY))
        package static let keyboardInteractive = Methods(rawValue: Int(SSH_AUTH_METHOD_INTERACTIVE))
    }

    /// A question, and whether the answer may be seen while it is typed.
    package struct Prompt: Sendable, Equatable {
        package let text: String
        package let echo: Bool

        package init(_ text: String, echo: Bool) {
            self.text = text
            self.echo = echo
        }
    }

    package let method: Method
    /// Nil for answers, which carry no name.
    package let user: String?
    private var message: ssh_message?
    private unowned let connection: SSHServerConnection

    init(_ message: ssh_message, on connection: SSHServerConnection) {
        self.message = message
        self.connection = connection
        user = text(ssh_message_auth_user(message))
        method = Self.method(of: message, on: connection.session)
    }

    deinit {
        if let message { ssh_message_free(message) }
    }

    private static func method(of message: ssh_message, on session: ssh_session) -> Method {
        switch UInt32(bitPattern: ssh_message_subtype(message)) {
        case UInt32(SSH_AUTH_METHOD_NONE): return .none
        case UInt32(SSH_AUTH_METHOD_PASSWORD): return .password(text(shim_auth_password(message)) ?? "")
        case UInt32(SSH_AUTH_METHOD_PUBLICKEY):
            guard let handle = shim_auth_public_key(message), let key = try? SSHPublicKey(handle) else { return .other }
            let state = shim_auth_signature_state(message)
            if state == Int32(SSH_PUBLICKEY_STATE_NONE.rawValue) { return .publicKey(key, isSigned: false) }
            guard state == Int32(SSH_PUBLICKEY_STATE_VALID.rawValue) else { return .other }
            return .publicKey(key, isSigned: true)
        case UInt32(SSH_AUTH_METHOD_INTERACTIVE):
            guard ssh_message_auth_kbdint_is_response(message) == 1 else { return .keyboardInteractive }
            let count = max(0, ssh_userauth_kbdint_getnanswers(session))
            return .answers((0..<count).map { text(ssh_userauth_kbdint_getanswer(session, UInt32($0))) ?? "" })
        default: return .other
        }
    }

    private func answer(_ body: (ssh_message) -> Int32) {
        guard let message else { return }
        self.message = nil
        if connection.isOpen { _ = body(message) }
        ssh_message_free(message)
        connection.isReadingPaused = false
        connection.mark()
    }

    /// Signs the client in.
    package func accept() {
        answer { ssh_message_auth_reply_success($0, 0) }
        connection.isAuthenticated = connection.isOpen
    }

    /// This much was right, and more is needed.
    package func acceptPartly(then methods: Methods) {
        ssh_set_auth_methods(connection.session, Int32(methods.rawValue))
        answer { ssh_message_auth_reply_success($0, 1) }
    }

    /// The unsigned key is one that is worth signing with.
    package func invite() {
        answer(ssh_message_auth_reply_pk_ok_simple)
    }

    package func refuse(try methods: Methods) {
        guard connection.isOpen else { return answer { _ in 0 } }
        ssh_set_auth_methods(connection.session, Int32(methods.rawValue))
        answer(ssh_message_reply_default)
    }

    /// Shows the client a text, if it is not empty, and has it come again at once: for somebody who waits for the word of
    /// somebody else.
    package func wait(_ instruction: String, atMost time: Duration) {
        connection.grant(time)
        ask(name: "", instruction: instruction, [])
    }

    /// Puts questions to the client; the answers come as the next request. `time` is for what takes longer than typing.
    package func ask(name: String, instruction: String, _ prompts: [Prompt], within time: Duration? = nil) {
        if let time { connection.extend(time) }
        answer { message in
            var texts: [UnsafePointer<CChar>?] = prompts.map { UnsafePointer(strdup($0.text)) }
            defer { for text in texts { free(UnsafeMutablePointer(mutating: text)) } }
            var echoes = prompts.map { CChar($0.echo ? 1 : 0) }
            return ssh_message_auth_interactive_request(
                message, name, instruction, UInt32(prompts.count), &texts, &echoes)
        }
    }
}
