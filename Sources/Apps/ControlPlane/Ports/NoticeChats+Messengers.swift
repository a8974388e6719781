import FoundationEssentials
import Kernel
import Messengers
import Notifications
import Tenancy

extension NoticeChats {
    /// The chats and rooms that a company has connected for its cards.
    static func of(_ messengers: Messengers) -> NoticeChats {
        NoticeChats(
            there: { scope in
                Set(try await messengers.chats(in: scope).compactMap { NoticeChannel(rawValue: $0.rawValue) })
            },
            say: { message, channel, scope in
                let notice = ChatNotice(
                    user: message.user, occasion: message.occasion, title: message.title, body: message.body,
                    link: message.link, language: message.language.rawValue)
                return try await messengers.say(
                    notice, through: ChannelVendor(rawValue: channel.rawValue), at: Date(), in: scope)
            })
    }
}
