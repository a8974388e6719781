/// The one form of an XML signature that SAML allows (core §5.4), checked before a library interprets it.
enum SignatureForm {
    private static let canonical: Set<String> = [Names.exclusiveC14N, Names.exclusiveC14N + "WithComments"]
    private static let methods: Set<String> = Set(
        ["rsa-sha256", "rsa-sha384", "rsa-sha512", "ecdsa-sha256", "ecdsa-sha384", "ecdsa-sha512"].map {
            "http://www.w3.org/2001/04/xmldsig-more#" + $0
        })
    private static let digests: Set<String> = [
        Names.encryption + "sha256", Names.encryption + "sha512", "http://www.w3.org/2001/04/xmldsig-more#sha384",
    ]

    /// The position of the signature among the children of the element; nil if there is none.
    static func position(in element: XMLElement) throws(SAMLError) -> Int? {
        let places = element.children.indices.filter {
            element.children[$0].isNamed("Signature", in: Names.signature)
        }
        guard places.count <= 1 else { throw .signaturePlace }
        return places.first
    }

    static func check(_ signature: XMLElement, of identifier: String) throws(SAMLError) {
        let parts = signature.children
        guard (2...3).contains(parts.count), parts[0].isNamed("SignedInfo", in: Names.signature),
            parts[1].isNamed("SignatureValue", in: Names.signature), parts[1].children.isEmpty,
            parts.count == 2 || parts[2].isNamed("KeyInfo", in: Names.signature)
        else { throw .signatureForm }

        let info = parts[0].children
        guard info.count == 3, info[0].isNamed("CanonicalizationMethod", in: Names.signature),
            info[1].isNamed("SignatureMethod", in: Names.signature), info[2].isNamed("Reference", in: Names.signature)
        else { throw .signatureForm }
        try checkCanonicalization(info[0])
        guard info[1].children.isEmpty, let method = info[1]["Algorithm"] else { throw .signatureForm }
        guard methods.contains(method) else { throw .algorithm }

        let reference = info[2]
        guard reference["URI"].isExactly("#" + identifier), reference.children.count == 3,
            reference.children[0].isNamed("Transforms", in: Names.signature),
            reference.children[1].isNamed("DigestMethod", in: Names.signature),
            reference.children[2].isNamed("DigestValue", in: Names.signature), reference.children[2].children.isEmpty
        else { throw .signatureForm }
        guard reference.children[1].children.isEmpty, let digest = reference.children[1]["Algorithm"] else {
            throw .signatureForm
        }
        guard digests.contains(digest) else { throw .algorithm }

        let transforms = reference.children[0].children
        guard transforms.count == 2, transforms.allSatisfy({ $0.isNamed("Transform", in: Names.signature) }),
            transforms[0]["Algorithm"] == Names.enveloped, transforms[0].children.isEmpty
        else { throw .signatureForm }
        try checkCanonicalization(transforms[1])
    }

    private static func checkCanonicalization(_ method: XMLElement) throws(SAMLError) {
        guard let algorithm = method["Algorithm"], canonical.contains(algorithm), method.children.count <= 1 else {
            throw .signatureForm
        }
        guard let prefixes = method.children.first else { return }
        // Each is looked up again at every element.
        let list = prefixes["PrefixList"] ?? ""
        guard prefixes.isNamed("InclusiveNamespaces", in: Names.exclusiveC14N), prefixes.children.isEmpty,
            list.utf8.count <= 64, list.split(separator: " ").count <= 8
        else { throw .signatureForm }
    }
}
