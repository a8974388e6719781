package import Kernel

/// An app in a workspace of Slack.
package struct SlackSettings: ChannelPlace {
    package let appId: String
    package let teamId: String
    package let delivery: ChannelDelivery
    package let apiUrl: String?

    /// What is not used may stay, for the way back.
    var secrets: [(name: ChannelSecretName, isRequired: Bool)] {
        [(.botToken, true), (.signingSecret, delivery == .callback), (.appToken, delivery == .stream)]
    }

    package init(
        appId: String, teamId: String, delivery: ChannelDelivery = .callback, apiUrl: String?
    ) throws(Invalid) {
        try ChannelWord.check(appId, field: "appId")
        try ChannelWord.check(teamId, field: "teamId")
        try ChannelWord.checkAddress(apiUrl, field: "apiUrl")
        self.appId = appId
        self.teamId = teamId
        self.delivery = delivery
        self.apiUrl = apiUrl
    }

    var company: String { teamId }
    var place: [String?] { [appId, teamId, apiUrl] }
}

extension SlackSettings: WireValue {
    package static let schema: Schema<Self> = .record({
        (appId: String, teamId: String, delivery: ChannelDelivery, apiUrl: String?) throws(Invalid) in
        try SlackSettings(appId: appId, teamId: teamId, delivery: delivery, apiUrl: apiUrl)
    }) {
        Field("appId", \.appId, .text(1...100))
        Field("teamId", \.teamId, .text(1...100), note: "The workspace, whose people alone are asked.")
        Field(
            "delivery", \.delivery, ChannelDelivery.schema.otherwise(.callback), note: ChannelWord.deliveryNote)
        Field("apiUrl", \.apiUrl, ChannelWord.address, note: ChannelWord.addressNote)
    }
}
