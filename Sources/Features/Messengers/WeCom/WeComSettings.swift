package import Kernel

/// An app of a company at WeCom.
package struct WeComSettings: ChannelPlace {
    package let corpId: String
    package let agentId: Int
    package let apiUrl: String?

    var secrets: [(name: ChannelSecretName, isRequired: Bool)] {
        [(.appSecret, true), (.verificationToken, true), (.encryptKey, true)]
    }

    package init(corpId: String, agentId: Int, apiUrl: String?) throws(Invalid) {
        try ChannelWord.check(corpId, field: "corpId")
        try ChannelWord.checkAddress(apiUrl, field: "apiUrl")
        self.corpId = corpId
        self.agentId = agentId
        self.apiUrl = apiUrl
    }

    var company: String { corpId }
    var place: [String?] { [corpId, "\(agentId)", apiUrl] }
}

extension WeComSettings: WireValue {
    package static let schema: Schema<Self> = .record({
        (corpId: String, agentId: Int, apiUrl: String?) throws(Invalid) in
        try WeComSettings(corpId: corpId, agentId: agentId, apiUrl: apiUrl)
    }) {
        Field("corpId", \.corpId, .text(1...100), note: "The company there, whose people alone are asked.")
        Field("agentId", \.agentId, .int(1...Int(Int32.max)), note: "The app's number.")
        Field("apiUrl", \.apiUrl, ChannelWord.address, note: ChannelWord.addressNote)
    }
}
