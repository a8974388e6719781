import Crypto
import Cryptography
package import Kernel
package import Outbound

/// An account at an operator's gateway for text messages.
package struct CMPPAccount: Sendable {
    package let place: HostPort
    /// The service provider's number (SP_Id): up to six characters.
    package let source: String
    package let secret: Secret
    /// The access number from which messages come (SP code): up to 21 digits.
    package let number: String
    /// What the operator calls the service: up to ten characters.
    package let service: String

    /// Nil if a part is empty, too long or has signs that its field has no place for.
    package init?(place: HostPort, source: String, secret: Secret, number: String, service: String) {
        func fits(_ text: String, _ width: Int) -> Bool {
            (1...width).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        }
        guard fits(source, 6), fits(service, 10), fits(number, 21),
            number.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        self.place = place
        self.source = source
        self.secret = secret
        self.number = number
        self.service = service
    }

    /// AuthenticatorSource: MD5 of number, nine zeros, secret and the ten digits of the time (§7.4.1.1). The protocol has no
    /// other; it keeps the secret off the wire and nothing more.
    func authenticator(at time: CMPPTime) -> [UInt8] {
        var hash = Insecure.MD5()
        hash.update(data: Array(source.utf8) + [UInt8](repeating: 0, count: 9))
        hash.update(data: Array(secret.reveal().utf8))
        hash.update(data: Array(time.text.utf8))
        return Array(hash.finalize())
    }

    /// What a gateway that knows the secret answers with (AuthenticatorISMG).
    func answer(to authenticator: [UInt8], status: UInt8) -> [UInt8] {
        var hash = Insecure.MD5()
        hash.update(data: [status])
        hash.update(data: authenticator)
        hash.update(data: Array(secret.reveal().utf8))
        return Array(hash.finalize())
    }
}

/// Month, day, hour, minute and second in the operators' time zone (UTC+8), as ten digits.
package struct CMPPTime: Sendable, Hashable {
    let text: String

    var number: UInt32 { UInt32(text) ?? 0 }

    /// Ten digits, such as 0513120000.
    init(text: String) { self.text = text }

    /// From seconds since 1970.
    package init(secondsSince1970 seconds: Int) {
        let local = seconds + 8 * 3600
        let (days, rest) = (local / 86_400, local % 86_400)
        // The day of a month from the day of an era of 400 years that begins in March, as the Gregorian calendar repeats.
        let shifted = days + 719_468
        let ofEra = shifted % 146_097
        let year = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * year + year / 4 - year / 100)
        let marched = (5 * ofYear + 2) / 153
        let day = ofYear - (153 * marched + 2) / 5 + 1
        let month = marched < 10 ? marched + 3 : marched - 9
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        text = two(month) + two(day) + two(rest / 3600) + two(rest / 60 % 60) + two(rest % 60)
    }
}

extension CMPPAccount {
    /// Tells one account from another without keeping the secret.
    var fingerprint: [UInt8] {
        Hash256.of(
            Array("\(place)".utf8), [0], Array(source.utf8), [0], Array(number.utf8), [0], Array(service.utf8), [0],
            Array(secret.reveal().utf8)
        ).bytes
    }
}
