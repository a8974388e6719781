import CLibSSH
import Glibc

/// The host keys and algorithms of a server, in the form libssh wants. One per loop: libssh changes it while it accepts.
package final class ServerIdentity {
    let handle: ssh_bind

    /// Strict key exchange (Terrapin) is built into libssh 0.10.6; ciphers and MACs are what is left after removing CBC
    /// and SHA-1.
    private static let ciphers =
        "chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes128-gcm@openssh.com,aes256-ctr,aes192-ctr,aes128-ctr"
    private static let codes =
        "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha2-256,hmac-sha2-512"

    package init(keys: [SSHPrivateKey], version: String = "Gatehouse") throws(SSHError) {
        SSHLibrary.prepare()
        guard let handle = ssh_bind_new() else { throw SSHError.protocolFailure("out of memory") }
        self.handle = handle
        var no = false
        ssh_bind_options_set(handle, SSH_BIND_OPTIONS_PROCESS_CONFIG, &no)
        ssh_bind_options_set(handle, SSH_BIND_OPTIONS_BANNER, version)
        for option in [SSH_BIND_OPTIONS_CIPHERS_C_S, SSH_BIND_OPTIONS_CIPHERS_S_C] {
            ssh_bind_options_set(handle, option, Self.ciphers)
        }
        for option in [SSH_BIND_OPTIONS_HMAC_C_S, SSH_BIND_OPTIONS_HMAC_S_C] {
            ssh_bind_options_set(handle, option, Self.codes)
        }
        for key in keys {
            // Takes the copy over.
            guard let copy = ssh_key_dup(key.handle),
                ssh_bind_options_set(handle, SSH_BIND_OPTIONS_IMPORT_KEY, UnsafeRawPointer(copy)) == 0
            else { throw SSHError.badKey("a host key that cannot be used: \(key.publicKey.algorithm)") }
        }
    }

    deinit {
        ssh_bind_free(handle)
    }
}
