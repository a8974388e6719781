/// A response that is still arriving: its head, and its body as a sequence of pieces for one reader.
package struct OutboundStream: AsyncSequence, Sendable {
    package let head: ResponseHead
    let exchange: Exchange

    package func makeAsyncIterator() -> Iterator {
        Iterator(exchange: exchange)
    }

    package struct Iterator: AsyncIteratorProtocol {
        let exchange: Exchange

        package mutating func next() async throws(OutboundError) -> [UInt8]? {
            try await exchange.next()
        }

        package mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(OutboundError) -> [UInt8]? {
            try await exchange.next()
        }
    }
}
