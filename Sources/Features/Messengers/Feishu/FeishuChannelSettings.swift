package import Kernel

/// An app of a company at Feishu or Lark.
package struct FeishuChannelSettings: ChannelPlace {
    package let appId: String
    package let tenantKey: String
    package let delivery: ChannelDelivery
    package let apiUrl: String?

    /// What is not used may stay, for the way back.
    var secrets: [(name: ChannelSecretName, isRequired: Bool)] {
        [
            (.appSecret, true), (.verificationToken, delivery == .callback), (.encryptKey, delivery == .callback),
        ]
    }

    package init(
        appId: String, tenantKey: String, delivery: ChannelDelivery = .callback, apiUrl: String?
    ) throws(Invalid) {
        try ChannelWord.check(appId, field: "appId")
        try ChannelWord.check(tenantKey, field: "tenantKey")
        try ChannelWord.checkAddress(apiUrl, field: "apiUrl")
        self.appId = appId
        self.tenantKey = tenantKey
        self.delivery = delivery
        self.apiUrl = apiUrl
    }

    var company: String { tenantKey }
    var place: [String?] { [appId, tenantKey, apiUrl] }
}

extension FeishuChannelSettings: WireValue {
    package static let schema: Schema<Self> = .record({
        (appId: String, tenantKey: String, delivery: ChannelDelivery, apiUrl: String?) throws(Invalid) in
        try FeishuChannelSettings(appId: appId, tenantKey: tenantKey, delivery: delivery, apiUrl: apiUrl)
    }) {
        Field("appId", \.appId, .text(1...100))
        Field("tenantKey", \.tenantKey, .text(1...100), note: "The company there, whose people alone are asked.")
        Field("delivery", \.delivery, ChannelDelivery.schema.otherwise(.callback), note: ChannelWord.deliveryNote)
        Field("apiUrl", \.apiUrl, ChannelWord.address, note: ChannelWord.addressNote)
    }
}
