/// Who somebody is to a provider (core §2.2.3). Two names are one person only if all parts are the same.
package struct SAMLName: Sendable, Hashable, Codable {
    package let value: String
    package let format: String?
    package let qualifier: String?
    package let serviceQualifier: String?

    package init(_ value: String, format: String? = nil, qualifier: String? = nil, serviceQualifier: String? = nil) {
        self.value = value
        self.format = format
        self.qualifier = qualifier
        self.serviceQualifier = serviceQualifier
    }

    /// A name that is new at each sign-in, and so says nothing about who it was the last time.
    package var isTransient: Bool { format == "urn:oasis:names:tc:SAML:2.0:nameid-format:transient" }

    /// The only name in an element. A blank around it would make two names that look the same.
    init(in element: XMLElement) throws(SAMLError) {
        guard let name = element.only("NameID", in: Names.assertion), name.children.isEmpty,
            (1...1024).contains(name.text.utf8.count), name.text == name.trimmedText
        else { throw .subject }
        self.init(
            name.text, format: name["Format"], qualifier: name["NameQualifier"],
            serviceQualifier: name["SPNameQualifier"])
    }

    var xml: String {
        "<saml:NameID\(XMLText.attribute("NameQualifier", qualifier))"
            + "\(XMLText.attribute("SPNameQualifier", serviceQualifier))\(XMLText.attribute("Format", format))>"
            + "\(XMLText.escaped(value))</saml:NameID>"
    }
}
