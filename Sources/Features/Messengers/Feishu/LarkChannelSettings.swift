import Kernel

/// An app at Lark as it is written: the same as at Feishu, in a type of its own, since each name stands for one of them.
struct LarkChannelSettings: Sendable {
    let app: FeishuChannelSettings
}

extension LarkChannelSettings: WireValue {
    static let schema: Schema<Self> = .record({
        (appId: String, tenantKey: String, delivery: ChannelDelivery, apiUrl: String?) throws(Invalid) in
        LarkChannelSettings(
            app: try FeishuChannelSettings(appId: appId, tenantKey: tenantKey, delivery: delivery, apiUrl: apiUrl))
    }) {
        Field("appId", \.app.appId, .text(1...100))
        Field("tenantKey", \.app.tenantKey, .text(1...100), note: "The company there, whose people alone are asked.")
        Field("delivery", \.app.delivery, ChannelDelivery.schema.otherwise(.callback), note: ChannelWord.deliveryNote)
        Field("apiUrl", \.app.apiUrl, ChannelWord.address, note: ChannelWord.addressNote)
    }
}
