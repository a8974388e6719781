package import FoundationEssentials
package import Kernel
package import Metering

/// One line of an invoice.
package struct InvoiceLine: WireValue, Equatable {
    package enum Kind: String, CaseIterable, WireValue {
        case usage
        /// What came in of an earlier month after its invoice: the difference to what that invoice said.
        case correction
    }

    package let kind: Kind
    package let month: UTCCalendar.Month
    package let plan: PlanCode
    package let from: Date
    package let to: Date
    package let item: Price.Item
    package let quantity: Int
    package let included: Int
    package let billed: Int
    package let price: Int
    package let per: Int
    package let amount: Int

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("kind", \.kind)
        Field("month", \.month)
        Field("plan", \.plan)
        Field("from", \.from)
        Field("to", \.to)
        Field("item", \.item)
        Field("quantity", \.quantity, .int(-Limit.most...Limit.most))
        Field("included", \.included, .int(0...Limit.most))
        Field("billed", \.billed, .int(-Limit.most...Limit.most))
        Field("price", \.price, .int(0...Price.most))
        Field("per", \.per, .int(1...Price.most))
        Field("amount", \.amount, .int(-Limit.most...Limit.most))
    }
}

/// How many units of a meter were used in each stretch of a month.
typealias Quantities = [[Price.Item: Int]]

// The arithmetic of a bill, in whole numbers. Pure.
extension InvoiceTerms {
    /// A month's lines. What is included in a month is shared among its stretches by their length.
    func lines(of month: UTCCalendar.Month, _ quantities: Quantities) throws(BillingError) -> [InvoiceLine] {
        var lines: [InvoiceLine] = []
        for (stretch, used) in zip(stretches(of: month), quantities) {
            for price in stretch.prices.sorted(by: { $0.item.text < $1.item.text }) {
                let line = try line(price, stretch, month, used: used[price.item] ?? 0)
                if line.quantity > 0 { lines.append(line) }
            }
        }
        return lines
    }

    private func line(
        _ price: Price, _ stretch: Stretch, _ month: UTCCalendar.Month, used: Int
    ) throws(BillingError) -> InvoiceLine {
        let length = Self.seconds(stretch.from, stretch.to)
        let isSubscription = price.item == .subscription
        // A subscription is paid by the second of the month.
        let quantity = isSubscription ? subscribed(from: stretch.from, to: stretch.to) : used
        let per = isSubscription ? month.seconds : price.per
        let included = isSubscription ? 0 : Int(Int128(price.included) * Int128(length) / Int128(month.seconds))
        let billed = max(0, quantity - included)
        let amount = (Int128(billed) * Int128(price.amount) * 2 + Int128(per)) / (Int128(per) * 2)
        guard let amount = Int(exactly: amount), amount <= Limit.most, quantity <= Limit.most else {
            throw .outOfRange
        }
        return InvoiceLine(
            kind: .usage, month: month, plan: stretch.plan, from: stretch.from, to: stretch.to, item: price.item,
            quantity: quantity, included: included, billed: billed, price: price.amount, per: per, amount: amount)
    }

    /// What the lines of a month become when more has come in: the differences only.
    func corrections(
        of month: UTCCalendar.Month, from before: Quantities, to after: Quantities
    ) throws(BillingError) -> [InvoiceLine] {
        let old = try lines(of: month, before)
        return try lines(of: month, after).compactMap { line in
            let same = old.first { $0.from == line.from && $0.item == line.item }
            guard same != line else { return nil }
            return InvoiceLine(
                kind: .correction, month: month, plan: line.plan, from: line.from, to: line.to, item: line.item,
                quantity: line.quantity - (same?.quantity ?? 0), included: line.included,
                billed: line.billed - (same?.billed ?? 0), price: line.price, per: line.per,
                amount: line.amount - (same?.amount ?? 0))
        }
    }

    /// For how long a subscription is paid: from the tenant's creation until it is closed, and from then on again if that
    /// is cancelled.
    private func subscribed(from start: Date, to end: Date) -> Int {
        let begin = max(start, tenantSince)
        let closed = closings.reduce(0) { $0 + Self.seconds(max(begin, $1.from), min(end, $1.to ?? end)) }
        return Self.seconds(begin, end) - closed
    }

    private static func seconds(_ from: Date, _ to: Date) -> Int {
        max(0, Int(to.timeIntervalSince1970.rounded(.down)) - Int(from.timeIntervalSince1970.rounded(.down)))
    }
}
