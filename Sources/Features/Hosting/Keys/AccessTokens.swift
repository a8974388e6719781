import Cryptography
import FoundationEssentials
import GatewayContract
import Kernel

/// Bearer tokens of workers: signed, so that no table is needed to know one, and short, so that none has to be revoked.
/// Whether the worker may still work is asked of the database with every request.
struct AccessTokens {
    static let lifetime = 600
    private static let prefix = "gwt1"

    let key: SigningKey

    func token(for worker: WorkerID, at now: Date) throws -> AccessToken {
        let expires = Int64(now.timeIntervalSince1970) + Int64(Self.lifetime)
        let body = "\(Self.prefix).\(worker.text).\(expires)"
        let signature = Bytes(try key.sign(Array(body.utf8))).base64URL
        return AccessToken(accessToken: PassedSecret("\(body).\(signature)"), expiresInSeconds: Self.lifetime)
    }

    /// The worker that a token was made out for, if it is genuine and not too old.
    func worker(of token: String, at now: Date) -> WorkerID? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == Self.prefix, let worker = WorkerID(String(parts[1])),
            let expires = Int64(parts[2]), String(expires) == parts[2],
            let signature = Bytes(base64URL: parts[3])?.value,
            key.verifyingKey.isValid(signature, for: Array("\(Self.prefix).\(worker.text).\(expires)".utf8)),
            now.timeIntervalSince1970 < Double(expires)
        else { return nil }
        return worker
    }
}
