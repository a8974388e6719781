import GatewayContract
import Postgres

// The words of the contract are stored as they are.

extension EndReason: SQLBindable, SQLDecodable {}
extension GatewayProtocol: SQLBindable, SQLDecodable {}
extension SessionChannel: SQLBindable, SQLDecodable {}
extension CommandVerdict: SQLBindable, SQLDecodable {}
extension CommandConfidence: SQLBindable, SQLDecodable {}
