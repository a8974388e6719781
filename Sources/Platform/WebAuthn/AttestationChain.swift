import CFido2
import FoundationEssentials

/// The certificates that came with an attestation: that of the authenticator's batch first, then those above it.
struct AttestationChain {
    /// More than makers use.
    static let longest = 4

    let certificates: [[UInt8]]

    /// Those of a statement; none where it has none.
    init(of statement: [UInt8]) throws(WebAuthnRefusal) {
        var reader = CBORReader(statement)
        var found: [[UInt8]]?
        for _ in 0..<(try reader.mapCount()) {
            guard try reader.text() == "x5c" else {
                try reader.skip()
                continue
            }
            guard found == nil else { throw .malformed }
            let count = try reader.arrayCount()
            guard 1...Self.longest ~= count else { throw .malformed }
            var all: [[UInt8]] = []
            for _ in 0..<count { all.append(Array(statement[try reader.byteString()])) }
            found = all
        }
        certificates = found ?? []
    }

    /// Whether one of the roots stands above the first certificate at this time, and that is for authenticators of this
    /// model.
    func leads(to roots: [AttestationRoot], vouchingFor model: UUID, at now: Date) -> Bool {
        let read = certificates.map { MakerCertificate(der: $0) }
        guard let leaf = read.first ?? nil, !roots.isEmpty, !read.contains(where: { $0 == nil }) else { return false }
        let above = read.dropFirst().compactMap { $0 }
        guard leaf.isForAttestation, leaf.model == model.octets, above.allSatisfy(\.isAuthority) else { return false }
        return Self.isIssued(leaf, through: above, under: roots.compactMap { MakerCertificate(der: $0.der) }, at: now)
    }

    private static func isIssued(
        _ leaf: MakerCertificate, through above: [MakerCertificate], under roots: [MakerCertificate], at now: Date
    ) -> Bool {
        defer { ERR_clear_error() }
        guard let store = X509_STORE_new() else { return false }
        defer { X509_STORE_free(store) }
        guard roots.allSatisfy({ X509_STORE_add_cert(store, $0.pointer) == 1 }),
            let between = gh_certificates_new()
        else { return false }
        defer { gh_certificates_free(between) }
        for one in above {
            // The list takes it over, and so one reference more.
            guard X509_up_ref(one.pointer) == 1 else { return false }
            guard gh_certificates_push(between, one.pointer) > 0 else {
                X509_free(one.pointer)
                return false
            }
        }
        guard let context = X509_STORE_CTX_new() else { return false }
        defer { X509_STORE_CTX_free(context) }
        guard X509_STORE_CTX_init(context, store, leaf.pointer, between) == 1,
            let rules = X509_STORE_CTX_get0_param(context)
        else { return false }
        X509_VERIFY_PARAM_set_time(rules, time_t(now.timeIntervalSince1970))
        X509_VERIFY_PARAM_set_depth(rules, Int32(longest))
        // 112 bits: no SHA-1, no RSA below 2048.
        X509_VERIFY_PARAM_set_auth_level(rules, 2)
        // An authority below its maker's root may be the one that a company takes, and no other.
        guard X509_VERIFY_PARAM_set_flags(rules, UInt(X509_V_FLAG_PARTIAL_CHAIN)) == 1 else { return false }
        return X509_verify_cert(context) == 1
    }
}

extension UUID {
    fileprivate var octets: [UInt8] { withUnsafeBytes(of: uuid) { Array($0) } }
}
