package import Kernel

/// An app in a workspace of Slack.
package struct SlackSettings: ChannelPlace {
    package let appId: String
    package let teamId: String
    package let apiUrl: String?

    static let secrets: [(name: ChannelSecretName, isRequired: Bool)] = [(.botToken, true), (.signingSecret, true)]

    package init(appId: String, teamId: String, apiUrl: String?) throws(Invalid) {
        try ChannelWord.check(appId, field: "appId")
        try ChannelWord.check(teamId, field: "teamId")
        try ChannelWord.checkAddress(apiUrl, field: "apiUrl")
        self.appId = appId
        self.teamId = teamId
        self.apiUrl = apiUrl
    }

    var company: String { teamId }
    var place: [String?] { [appId, teamId, apiUrl] }
}

extension SlackSettings: WireValue {
    package static let schema: Schema<Self> = .record({
        (appId: String, teamId: String, apiUrl: String?) throws(Invalid) in
        try SlackSettings(appId: appId, teamId: teamId, apiUrl: apiUrl)
    }) {
        Field("appId", \.appId, .text(1...100))
        Field("teamId", \.teamId, .text(1...100), note: "The workspace, whose people alone are asked.")
        Field("apiUrl", \.apiUrl, ChannelWord.address, note: ChannelWord.addressNote)
    }
}
