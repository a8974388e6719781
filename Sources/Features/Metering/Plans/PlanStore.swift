import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// The SQL of plans and their price lists.
enum PlanStore {
    private static let columns: SQL = """
        p.plan_id, p.code, p.name, p.description, p.currency, p.contact, p.soft_percent, p.limits,
        (select l.prices from plan_price_lists l where l.plan_id = p.plan_id order by l.valid_from desc limit 1),
        p.state, p.is_default, p.created_at, p.version
        """

    static func list(_ page: PageRequest) -> SQL { "select \(fragment: columns) from plans p where true \(page)" }

    static func find(_ id: PlanID) -> SQL { "select \(fragment: columns) from plans p where p.plan_id = \(id)" }

    static func lock(_ id: PlanID) -> SQL {
        "select \(fragment: columns) from plans p where p.plan_id = \(id) for update of p"
    }

    static func find(_ code: PlanCode) -> SQL {
        "select \(fragment: columns) from plans p where p.code = \(code) for share of p"
    }

    static func decode(_ row: inout Row) throws -> Plan {
        Plan(
            id: try row.next(), code: try row.next(), name: try row.next(), description: try row.next(),
            currency: try row.next(), contact: try row.next(), softPercent: try row.next(),
            limits: LimitSet(stored: try row.next()).limits, prices: try PriceList.stored.parse(row.next(JSON.self)),
            state: try row.next(), isDefault: try row.next(), createdAt: try row.next(), version: try row.next())
    }

    static func insert(_ id: PlanID, _ new: CreatePlan, _ limits: LimitSet, at now: Date) -> SQL {
        """
        insert into plans (
          plan_id, code, name, description, currency, contact, soft_percent, limits, created_at)
        values (
          \(id), \(new.code), \(new.name), \(new.description), \(new.currency), \(new.contact), \(new.softPercent),
          \(limits.stored), \(now))
        """
    }

    static func update(_ plan: Plan, _ change: ChangePlan, limits: LimitSet) -> SQL {
        """
        update plans set name = \(change.name.applied(to: plan.name)),
          description = \(change.description.applied(to: plan.description)),
          contact = \(change.contact.applied(to: plan.contact)),
          soft_percent = \(change.softPercent.applied(to: plan.softPercent)), limits = \(limits.stored),
          state = \(change.state.applied(to: plan.state)),
          is_default = \(change.isDefault.applied(to: plan.isDefault)), version = version + 1
        where plan_id = \(plan.id)
        """
    }

    static let giveUpDefault: SQL =
        "update plans set is_default = false, version = version + 1 where is_default"

    static func insertFirst(_ list: PriceList, of plan: PlanID) -> SQL {
        let prices = (try? JSONParser.parse(PriceList.stored.bytes(of: list.prices))) ?? []
        return """
            insert into plan_price_lists (plan_id, valid_from, prices) values (\(plan), \(list.validFrom), \(prices))
            """
    }

    /// A list of the same moment takes the place of none: it is the next microsecond's.
    static func insert(_ list: PriceList, of plan: PlanID) -> SQL {
        let prices = (try? JSONParser.parse(PriceList.stored.bytes(of: list.prices))) ?? []
        return """
            insert into plan_price_lists (plan_id, valid_from, prices)
            select \(plan), greatest(\(list.validFrom), max(l.valid_from) + interval '1 microsecond'), \(prices)::jsonb
            from plan_price_lists l where l.plan_id = \(plan)
            """
    }

    /// All price lists of plans, the oldest first.
    static func priceLists(of plans: [PlanID]) -> SQL {
        """
        select plan_id, valid_from, prices from plan_price_lists where plan_id = any(\(plans))
        order by plan_id, valid_from
        """
    }

    static func decodeList(_ row: inout Row) throws -> (plan: PlanID, list: PriceList) {
        let plan: PlanID = try row.next()
        let from: Date = try row.next()
        return (plan, PriceList(validFrom: from, prices: try PriceList.stored.parse(row.next(JSON.self))))
    }
}
