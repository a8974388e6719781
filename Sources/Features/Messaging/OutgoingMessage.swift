import FoundationEssentials
package import Kernel

/// Something that a webhook is to be told.
package struct OutgoingMessage: Sendable {
    package let id: EventID
    package let type: String
    package let subject: String
    package let data: JSON
    /// Members of `data` that are secrets, such as decision links: sealed until they are sent.
    package let privateData: JSON?

    package init(id: EventID, type: String, subject: String, data: JSON, privateData: JSON? = nil) {
        self.id = id
        self.type = type
        self.subject = subject
        self.data = data
        self.privateData = privateData
    }

    /// The body without its secrets: a CloudEvent (CloudEvents 1.0 §3) in the JSON format.
    func cloudEvent(source: String, at now: Date) -> JSON {
        [
            "specversion": "1.0", "id": .string(id.text), "source": .string(source),
            "type": .string("gatehouse.\(type)"), "subject": .string(subject), "time": .string(Timestamp.text(now)),
            "datacontenttype": "application/json", "data": data,
        ]
    }
}

/// An answer that came back through a webhook, with the headers of Standard Webhooks.
package struct SignedAnswer: Sendable {
    package let id: String
    package let timestamp: String
    package let signature: String
    package let body: [UInt8]

    package init(id: String, timestamp: String, signature: String, body: [UInt8]) {
        self.id = id
        self.timestamp = timestamp
        self.signature = signature
        self.body = body
    }
}
