import FoundationEssentials

/// An assertion for which the provider has signed, itself or the response around it.
struct VerifiedAssertion {
    let element: XMLElement
    var isSigned = false
    var isEncrypted = false
}

/// Checks what a verified assertion says: from whom, for whom, when, and about whom.
struct AssertionCheck {
    let provider: SAMLIdentityProvider
    let party: SAMLServiceProvider
    let expectation: ResponseCheck.Expectation
    let now: Date

    private var time: TimeCheck { TimeCheck(now, skew: party.clockSkew) }

    func callAsFunction(_ found: VerifiedAssertion) throws(SAMLError) -> SAMLSignIn {
        let assertion = found.element
        guard assertion.isNamed("Assertion", in: Names.assertion), assertion["Version"] == "2.0" else {
            throw .notTheMessage
        }
        let identifier = try MessageShape.identifier(of: assertion)
        guard assertion.only("Issuer", in: Names.assertion)?.isEntity(provider.entityID) == true else { throw .issuer }
        guard let issued = assertion["IssueInstant"] else { throw .time }
        let issuedAt = try time.isRecent(issued)
        try checkConditions(assertion)

        guard let subject = assertion.only("Subject", in: Names.assertion) else { throw .subject }
        let name = try SAMLName(in: subject)
        let end = try confirmed(subject)
        guard let statement = assertion.only("AuthnStatement", in: Names.assertion) else { throw .statement }
        let (signedInAt, sessionEnds) = try times(of: statement)
        return SAMLSignIn(
            name: name, attributes: try attributes(of: assertion), sessionIndex: statement["SessionIndex"],
            sessionEnds: sessionEnds, signedInAt: signedInAt,
            context: statement.only("AuthnContext", in: Names.assertion)?
                .only("AuthnContextClassRef", in: Names.assertion)?.trimmedText,
            isSigned: found.isSigned, isEncrypted: found.isEncrypted, assertionID: identifier,
            replayableUntil: min(end + party.clockSkew, issuedAt + TimeCheck.longest))
    }

    private func checkConditions(_ assertion: XMLElement) throws(SAMLError) {
        guard let conditions = assertion.only("Conditions", in: Names.assertion) else { throw .condition }
        if let start = conditions["NotBefore"] { try time.isNotBefore(start) }
        if let end = conditions["NotOnOrAfter"] { try time.isBefore(end) }
        var restrictions = 0
        for condition in conditions.children {
            guard condition.namespace == Names.assertion else { throw .condition }
            switch condition.name {
            case "AudienceRestriction":
                // Each restriction must hold, and one holds for any of its audiences.
                restrictions += 1
                guard
                    condition.children("Audience", in: Names.assertion).contains(where: {
                        $0.children.isEmpty && $0.trimmedText.isExactly(party.entityID)
                    })
                else { throw .audience }
            case "OneTimeUse", "ProxyRestriction": break
            default: throw .condition
            }
        }
        guard restrictions > 0 else { throw .audience }
    }

    /// The end of the first bearer confirmation that holds; if none does, why the first does not.
    private func confirmed(_ subject: XMLElement) throws(SAMLError) -> Date {
        var refusal: SAMLError?
        for confirmation in subject.children("SubjectConfirmation", in: Names.assertion)
        where confirmation["Method"] == Names.bearer {
            do throws(SAMLError) {
                return try checkBearer(confirmation)
            } catch { refusal = refusal ?? error }
        }
        throw refusal ?? .confirmation
    }

    private func checkBearer(_ confirmation: XMLElement) throws(SAMLError) -> Date {
        guard let data = confirmation.only("SubjectConfirmationData", in: Names.assertion),
            let end = data["NotOnOrAfter"], data["NotBefore"] == nil
        else { throw .confirmation }
        guard data["Recipient"].isExactly(party.assertionConsumer) else { throw .recipient }
        switch expectation {
        case .answer(let request): guard data["InResponseTo"].isExactly(request.text) else { throw .inResponseTo }
        case .unsolicited: guard data["InResponseTo"] == nil else { throw .inResponseTo }
        }
        return try time.isBefore(end)
    }

    private func times(of statement: XMLElement) throws(SAMLError) -> (Date, Date?) {
        guard let instant = statement["AuthnInstant"], let signedInAt = SAMLInstant.date(instant) else { throw .time }
        try time.isNotBefore(instant)
        guard let end = statement["SessionNotOnOrAfter"] else { return (signedInAt, nil) }
        return (signedInAt, try time.isBefore(end))
    }

    private func attributes(of assertion: XMLElement) throws(SAMLError) -> [SAMLAttribute] {
        var found: [SAMLAttribute] = []
        for statement in assertion.children("AttributeStatement", in: Names.assertion) {
            for attribute in statement.children("Attribute", in: Names.assertion) {
                guard let name = attribute["Name"] else { throw .notTheMessage }
                found.append(
                    SAMLAttribute(
                        name: name, nameFormat: attribute["NameFormat"], friendlyName: attribute["FriendlyName"],
                        values: attribute.children("AttributeValue", in: Names.assertion).map(\.wholeText)))
            }
        }
        return found
    }
}
