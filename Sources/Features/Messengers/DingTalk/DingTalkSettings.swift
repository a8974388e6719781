package import Kernel

/// An app of a company at DingTalk.
package struct DingTalkSettings: ChannelPlace {
    package let appKey: String
    package let corpId: String
    /// The card's template, which stands at the vendor; without one a card is a message with a link.
    package let template: String?
    /// Approve by a click, although the vendor signs no more of it than the time.
    package let trustsClicks: Bool
    package let delivery: ChannelDelivery
    package let apiUrl: String?

    var secrets: [(name: ChannelSecretName, isRequired: Bool)] { [(.appSecret, true), (.signingSecret, false)] }

    package init(
        appKey: String, corpId: String, template: String?, trustsClicks: Bool, delivery: ChannelDelivery = .callback,
        apiUrl: String?
    ) throws(Invalid) {
        try ChannelWord.check(appKey, field: "appKey")
        try ChannelWord.check(corpId, field: "corpId")
        if let template { try ChannelWord.check(template, field: "template") }
        try ChannelWord.checkAddress(apiUrl, field: "apiUrl")
        self.appKey = appKey
        self.corpId = corpId
        self.template = template
        self.trustsClicks = trustsClicks
        self.delivery = delivery
        self.apiUrl = apiUrl
    }

    /// Whether a click can be the vendor's alone, or is taken for that.
    var mayApprove: Bool { isStreamSafe || trustsClicks }

    /// What comes over a connection is the vendor's if TLS says whose connection it is.
    var isStreamSafe: Bool { delivery == .stream && apiUrl.map(StreamAddress.isProtected) ?? true }

    var company: String { corpId }
    var place: [String?] { [appKey, corpId, apiUrl] }
}

extension DingTalkSettings: WireValue {
    package static let schema: Schema<Self> = .record({
        (
            appKey: String, corpId: String, template: String?, trustsClicks: Bool, delivery: ChannelDelivery,
            apiUrl: String?
        ) throws(Invalid) in
        try DingTalkSettings(
            appKey: appKey, corpId: corpId, template: template, trustsClicks: trustsClicks, delivery: delivery,
            apiUrl: apiUrl)
    }) {
        Field("appKey", \.appKey, .text(1...100), note: "The app, which is its robot's code as well.")
        Field("corpId", \.corpId, .text(1...100), note: "The company there, whose people alone are asked.")
        Field(
            "template", \.template, .text(1...200),
            note: "The id of the card's template, which ends in .schema; without one a card is a message with a link.")
        Field(
            "trustsClicks", \.trustsClicks, Bool.schema.otherwise(false),
            note: "Whether a click approves. The vendor signs no more of it than the time, so that it is only as good "
                + "as the secrecy of the address; otherwise cards lead to the portal, and a click only refuses.")
        Field(
            "delivery", \.delivery, ChannelDelivery.schema.otherwise(.callback),
            note: ChannelWord.deliveryNote
                + " What comes over a connection is the vendor's, so that a click approves.")
        Field("apiUrl", \.apiUrl, ChannelWord.address, note: ChannelWord.addressNote)
    }
}
