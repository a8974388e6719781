/// What a server said, after its signatures were checked.
package enum RADIUSAnswer: Sendable, Equatable {
    case accepted(RADIUSWords)
    case rejected(RADIUSWords)
    /// It wants to know more: the answer goes back to it with its state.
    case asked(RADIUSWords, state: [UInt8]?)
}

/// The attributes of an answer, as text.
package struct RADIUSWords: Sendable, Equatable {
    let attributes: [RADIUSAttribute]

    package init(_ attributes: [RADIUSAttribute]) {
        self.attributes = attributes
    }

    /// The values of an attribute that are text of one line; others are left out.
    package func texts(_ type: UInt8) -> [String] {
        attributes.compactMap { attribute in
            guard attribute.type == type, let text = String(validating: attribute.value, as: UTF8.self), !text.isEmpty,
                !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
            else { return nil }
            return text
        }
    }

    /// What the server wants to be shown: one line, without anything that moves a cursor or turns the direction of
    /// reading, at most 200 characters.
    package var message: String {
        var text = ""
        var count = 0
        for attribute in attributes where attribute.type == RADIUSAttribute.replyMessage {
            if !text.isEmpty, text.last != " " { text += " " }
            for scalar in String(decoding: attribute.value, as: UTF8.self).unicodeScalars where count < 200 {
                switch scalar.properties.generalCategory {
                case .control, .lineSeparator, .paragraphSeparator, .spaceSeparator:
                    if text.last != " ", !text.isEmpty { text += " " }
                case .format, .surrogate, .privateUse, .unassigned: continue
                default: text.unicodeScalars.append(scalar)
                }
                count += 1
            }
        }
        text = String(String.UnicodeScalarView(text.unicodeScalars.prefix(200)))
        while text.last == " " { text.removeLast() }
        return text
    }
}
