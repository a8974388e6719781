import CXMLSec

/// Verifies the signature in an element with pinned certificates.
///
/// What it gives is not that element but what was signed: the canonical bytes that the digest is of, read again as a
/// document of their own. Nobody looks at the document that arrived after that, so it does not matter what else is in
/// it, where, and under which ID: no wrapping of signatures has anything to wrap.
struct SignatureVerifier {
    let certificates: [SAMLCertificate]
    let limits: XMLLimits

    /// Nil if the element has no signature.
    ///
    /// - Parameter path: positions among elements from the root to the element.
    func verified(_ document: XMLDocument, at path: [Int]) throws(SAMLError) -> XMLDocument? {
        let element = path.reduce(document.root) { $0.children[$1] }
        guard let position = try SignatureForm.position(in: element) else { return nil }
        let identifier = try MessageShape.identifier(of: element)
        try SignatureForm.check(element.children[position], of: identifier)

        guard let node = document.node(at: path), let signature = document.node(at: path + [position]),
            let attribute = xmlHasNsProp(node, "ID", nil)
        else { throw .identifiers }
        // The only ID that the library knows. It would refuse one that is there already.
        guard xmlAddID(nil, document.pointer, identifier, attribute) != nil else { throw .identifiers }
        defer { xmlRemoveID(document.pointer, attribute) }

        for certificate in certificates {
            guard let bytes = signedBytes(of: signature, key: certificate.key) else { continue }
            return try reread(bytes, as: element, identifier)
        }
        throw .notSignedByProvider
    }

    private func signedBytes(of signature: xmlNodePtr, key: KeyHandle) -> [UInt8]? {
        guard let context = xmlsec_signature_context(key.pointer) else { return nil }
        defer {
            xmlSecDSigCtxDestroy(context)
            ERR_clear_error()
        }
        guard xmlSecDSigCtxVerify(context, signature) == 0,
            context.pointee.status == xmlSecDSigStatusSucceeded,
            let buffer = xmlsec_signed_bytes(context), let bytes = xmlSecBufferGetData(buffer)
        else { return nil }
        return Array(UnsafeBufferPointer(start: bytes, count: Int(xmlSecBufferGetSize(buffer))))
    }

    private func reread(_ bytes: [UInt8], as element: XMLElement, _ identifier: String) throws(SAMLError) -> XMLDocument
    {
        let signed: XMLDocument
        do { signed = try XMLDocument(bytes, limits: limits, isCanonical: true) } catch { throw .notXML(error) }
        guard signed.root.isNamed(element.name, in: element.namespace), signed.root["ID"].isExactly(identifier) else {
            throw .signatureForm
        }
        try MessageShape.check(signed.root)
        return signed
    }
}
