package import FoundationEssentials
package import Kernel

/// What a unit of use costs, in the smallest unit of the plan's currency: 120 for every 3,600 session-seconds beyond the
/// first 36,000 of a month.
package struct Price: WireValue, Equatable {
    /// What a price can be for.
    package enum Item: WireValue, Hashable {
        /// The plan itself, for a month.
        case subscription
        case meter(Meter)

        package init?(_ text: String) {
            if text == "subscription" {
                self = .subscription
            } else {
                guard let meter = Meter(rawValue: text) else { return nil }
                self = .meter(meter)
            }
        }

        package var text: String {
            switch self {
            case .subscription: "subscription"
            case .meter(let meter): meter.rawValue
            }
        }

        package static let schema: Schema<Self> = {
            let words = ["subscription"] + Meter.allCases.map(\.rawValue)
            return Schema(
                shape: .scalar(["type": "string", "enum": .array(words.map(JSON.string))]),
                read: { json, reading in
                    if let item = json.text.flatMap(Self.init) { return item }
                    reading.fail("must be one of \(words.joined(separator: ", "))")
                    return nil
                },
                write: { $1.string($0.text) })
        }()
    }

    package static let most = 1 << 40

    package let item: Item
    package let amount: Int
    /// How many units the amount is for.
    package let per: Int
    /// How many units of a whole month cost nothing.
    package let included: Int

    package init(item: Item, amount: Int, per: Int = 1, included: Int = 0) throws(Invalid) {
        if item == .subscription {
            guard per == 1, included == 0 else {
                throw Invalid("is for one month, with nothing included", field: "per")
            }
        }
        self.item = item
        self.amount = amount
        self.per = per
        self.included = included
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("item", \.item, note: "A meter, or the subscription for a month.")
        Field("amount", \.amount, .int(0...most), note: "In the smallest unit of the currency.")
        Field("per", \.per, .int(1...most).otherwise(1), note: "How many units of the meter it is for.")
        Field(
            "included", \.included, .int(0...Limit.most).otherwise(0),
            note: "How many units of a whole month are free.")
    }
}

/// The prices of a plan from a time on, until the next list.
package struct PriceList: Sendable, Equatable {
    package let validFrom: Date
    package let prices: [Price]

    package init(validFrom: Date, prices: [Price]) {
        self.validFrom = validFrom
        self.prices = prices
    }

    static let stored = Schema<[Price]>.array(of: Price.schema, 0...100)
}
