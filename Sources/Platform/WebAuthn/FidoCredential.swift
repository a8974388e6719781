import CFido2
import FoundationEssentials

/// libfido2's view of a new credential: it reads the key, and checks what vouches for it.
final class FidoCredential {
    private let pointer: OpaquePointer

    init(
        _ algorithm: PasskeyAlgorithm, _ data: AuthenticatorData, _ client: ClientData, _ party: RelyingParty
    ) throws(WebAuthnRefusal) {
        Fido.prepare()
        guard let pointer = fido_cred_new() else { throw .key }
        self.pointer = pointer
        guard fido_cred_set_type(pointer, Int32(algorithm.rawValue)) == FIDO_OK,
            fido_cred_set_clientdata_hash(pointer, client.hash, client.hash.count) == FIDO_OK,
            fido_cred_set_rp(pointer, party.id, nil) == FIDO_OK
        else { throw .malformed }
        guard fido_cred_set_authdata_raw(pointer, data.bytes, data.bytes.count) == FIDO_OK else { throw .key }
        // libfido2 takes extensions that were not asked for as an error, but browsers ask for some themselves.
        if let level = data.extensions["credProtect"] ?? nil {
            guard fido_cred_set_prot(pointer, Int32(clamping: level)) == FIDO_OK else { throw .malformed }
        }
        let known = [("hmac-secret", FIDO_EXT_HMAC_SECRET), ("credBlob", FIDO_EXT_CRED_BLOB)]
        let mask = known.reduce(Int32(0)) { data.extensions[$1.0] == nil ? $0 : $0 | $1.1 }
        guard mask == 0 || fido_cred_set_extensions(pointer, mask) == FIDO_OK else { throw .malformed }
    }

    deinit {
        var pointer: OpaquePointer? = pointer
        fido_cred_free(&pointer)
    }

    var publicKey: [UInt8] {
        Array(UnsafeBufferPointer(start: fido_cred_pubkey_ptr(pointer), count: fido_cred_pubkey_len(pointer)))
    }

    /// Without a policy nothing need vouch for the key, but what does must be right. With one, a key of the maker has to
    /// have signed, the model to be one of those allowed, and the key's certificate to be for that model and under a root.
    func check(
        _ object: AttestationObject, _ policy: AttestationPolicy, model: UUID, at now: Date
    ) throws(WebAuthnRefusal) {
        if object.format == "none" {
            guard !object.hasStatement else { throw .malformed }
            guard policy == .none else { throw .attestation }
            return
        }
        guard fido_cred_set_fmt(pointer, object.format) == FIDO_OK,
            fido_cred_set_attstmt(pointer, object.statement, object.statement.count) == FIDO_OK
        else { throw .attestation }
        switch policy {
        case .none:
            guard fido_cred_x5c_len(pointer) > 0 ? fido_cred_verify(pointer) == FIDO_OK : isSignedByItself else {
                throw .attestation
            }
        case .direct(let models, let roots):
            // The other formats' certificates name no model.
            guard object.format == "packed", fido_cred_x5c_len(pointer) > 0, fido_cred_verify(pointer) == FIDO_OK else {
                throw .attestation
            }
            guard models.contains(model) else { throw .model }
            let chain = try AttestationChain(of: object.statement)
            // The certificate whose key has signed, by libfido2's reading, is the one whose issuer is looked at.
            guard chain.certificates.first == signedBy, chain.leads(to: roots, vouchingFor: model, at: now) else {
                throw .issuer
            }
        }
    }

    private var signedBy: [UInt8] {
        Array(UnsafeBufferPointer(start: fido_cred_x5c_ptr(pointer), count: fido_cred_x5c_len(pointer)))
    }

    private var isSignedByItself: Bool { fido_cred_verify_self(pointer) == FIDO_OK }
}

/// The library itself.
enum Fido {
    private static let isReady: Bool = {
        fido_init(0)
        return true
    }()

    static func prepare() { _ = isReady }
}
