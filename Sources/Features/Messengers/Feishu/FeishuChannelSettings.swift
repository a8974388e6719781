package import Kernel

/// An app of a company at Feishu or Lark.
package struct FeishuChannelSettings: ChannelPlace {
    package let appId: String
    package let tenantKey: String
    package let apiUrl: String?

    var secrets: [(name: ChannelSecretName, isRequired: Bool)] {
        [(.appSecret, true), (.verificationToken, true), (.encryptKey, true)]
    }

    package init(appId: String, tenantKey: String, apiUrl: String?) throws(Invalid) {
        try ChannelWord.check(appId, field: "appId")
        try ChannelWord.check(tenantKey, field: "tenantKey")
        try ChannelWord.checkAddress(apiUrl, field: "apiUrl")
        self.appId = appId
        self.tenantKey = tenantKey
        self.apiUrl = apiUrl
    }

    var company: String { tenantKey }
    var place: [String?] { [appId, tenantKey, apiUrl] }
}

extension FeishuChannelSettings: WireValue {
    package static let schema: Schema<Self> = .record({
        (appId: String, tenantKey: String, apiUrl: String?) throws(Invalid) in
        try FeishuChannelSettings(appId: appId, tenantKey: tenantKey, apiUrl: apiUrl)
    }) {
        Field("appId", \.appId, .text(1...100))
        Field("tenantKey", \.tenantKey, .text(1...100), note: "The company there, whose people alone are asked.")
        Field("apiUrl", \.apiUrl, ChannelWord.address, note: ChannelWord.addressNote)
    }
}
