import FoundationEssentials
import Kernel
import Metering

/// Which plan, and which of its prices, held when. Nothing of the past in it ever changes.
struct InvoiceTerms {
    struct Assignment {
        let from: Date
        let plan: PlanID
    }

    /// A time in which the tenant was closed; without an end it still is.
    struct Closing {
        let from: Date
        let to: Date?
    }

    let tenantSince: Date
    let currency: Currency
    /// The oldest first; the first one holds for all time before.
    let assignments: [Assignment]
    let codes: [PlanID: PlanCode]
    /// The oldest first; the first one of a plan holds for all time before.
    let lists: [PlanID: [PriceList]]
    /// In which no subscription is paid.
    var closings: [Closing] = []

    /// A stretch of a month with one plan and one price list.
    struct Stretch: Equatable {
        let from: Date
        let to: Date
        let plan: PlanCode
        let prices: [Price]
    }

    func stretches(of month: UTCCalendar.Month) -> [Stretch] {
        let (start, end) = (month.start, month.end)
        let edges = assignments.map(\.from) + Set(assignments.map(\.plan)).flatMap { lists[$0] ?? [] }.map(\.validFrom)
        let borders = [start] + Set(edges.filter { start < $0 && $0 < end }).sorted() + [end]
        return zip(borders, borders.dropFirst()).compactMap { from, to in
            guard let assignment = assignments.last(where: { $0.from <= from }) ?? assignments.first,
                let code = codes[assignment.plan]
            else { return nil }
            let own = lists[assignment.plan] ?? []
            let list = own.last { $0.validFrom <= from } ?? own.first
            return Stretch(from: from, to: to, plan: code, prices: list?.prices ?? [])
        }
    }
}
