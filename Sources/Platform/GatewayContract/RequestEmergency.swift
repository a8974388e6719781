package import Kernel

/// May this person take emergency access, and what?
package struct EmergencyQuestion: WireValue, Equatable {
    package let admission: AdmissionID

    package init(admission: AdmissionID) {
        self.admission = admission
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("admission", \.admission)
    }
}

/// What they may take, or why they may not.
package enum EmergencyAnswer: WireValue, Equatable {
    case offered(EmergencyOffer)
    case refused(RequestRefused)

    package static let schema: Schema<Self> = .union(
        "outcome",
        Variant(
            "offered", { .offered($0.offer) },
            { if case .offered(let offer) = $0 { EmergencyOffered(offer: offer) } else { nil } }),
        Variant("refused", Self.refused, { if case .refused(let value) = $0 { value } else { nil } }))
}

/// An offer as an answer, told from others by its outcome.
struct EmergencyOffered: WireValue {
    let offer: EmergencyOffer

    static let schema: Schema<Self> = .record(Self.init) {
        Field("offer", \.offer)
    }
}

/// The most that any rule gives to this person; which assets a rule is for is seen when one is named.
package struct EmergencyOffer: WireValue, Equatable {
    package let seconds: Int
    /// Besides to connect.
    package let actions: [RequestWord]

    package init(seconds: Int, actions: [RequestWord]) {
        self.seconds = seconds
        self.actions = actions
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("seconds", \.seconds, .int(60...86_400), note: "For how long at most.")
        Field("actions", \.actions, RequestWord.actions, note: "What may be done besides to connect.")
    }
}

/// A person takes emergency access. The worker gives none by itself: this carries a code of the second factor that only the
/// person has.
package struct NewEmergency: WireValue, Equatable {
    package let admission: AdmissionID
    package let wish: RequestWish
    package let reason: String
    package let code: PassedSecret

    package init(admission: AdmissionID, wish: RequestWish, reason: String, code: PassedSecret) {
        self.admission = admission
        self.wish = wish
        self.reason = reason
        self.code = code
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("admission", \.admission)
        Field("wish", \.wish)
        Field("reason", \.reason, .text(1...500))
        Field("code", \.code, note: "A code of the second factor.")
    }
}

extension RequestWord {
    /// Words for what may be done on an asset.
    package static let actions = Schema<[RequestWord]>.array(of: schema, 0...20).otherwise([])
}
