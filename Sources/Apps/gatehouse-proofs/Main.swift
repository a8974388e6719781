import FoundationEssentials
import Glibc
import Kernel

/// Measures what it costs to believe a proof of who somebody is: `Deploy/bench login` hands it, as one JSON document, one of
/// each kind that the server has taken a moment before, and is told the seconds of CPU of one verification, and of nothing
/// but the signature in it by the key at hand.
///
/// It is the product's own code that is measured, with what the server has at hand when a proof comes in: the settings of a
/// provider, the keys of an issuer, the row of a passkey.
@main
struct Proofs {
    static func main() throws {
        var input: [UInt8] = []
        while let line = readLine(strippingNewline: false) { input += Array(line.utf8) }
        let given = try JSONParser.parse(input)
        var measured: [JSON.Member] = []
        for kind in [IDTokenProof.self, ResponseProof.self, AssertionProof.self] as [any Proof.Type] {
            guard let sample = given[kind.name] else { continue }
            let proof = try kind.init(Sample(sample))
            let (whole, signature) = try Stopwatch.costs(of: proof.verify, and: proof.verifySignature)
            measured.append(JSON.Member(kind.name, ["verification": .double(whole), "signature": .double(signature)]))
        }
        print(String(decoding: JSON.object(measured).bytes, as: UTF8.self))
    }
}

/// One kind of proof.
protocol Proof {
    static var name: String { get }

    init(_ sample: Sample) throws

    /// All that makes it believed.
    func verify() throws
    /// Only its signature.
    func verifySignature() throws
}

/// What a measurement cannot be made with.
struct Unusable: Error, CustomStringConvertible {
    let description: String
}

/// The parts of a proof as it was given.
struct Sample {
    private let json: JSON

    init(_ json: JSON) { self.json = json }

    func text(_ name: String) throws -> String {
        guard let text = json[name]?.text else { throw Unusable(description: "\(name) is missing") }
        return text
    }

    func json(_ name: String) throws -> JSON {
        guard let value = json[name] else { throw Unusable(description: "\(name) is missing") }
        return value
    }
}

enum Stopwatch {
    private static let (rounds, second) = (10, 1e-6)

    /// Microseconds of CPU of each, measured in turns, the better half of the turns: what others do on the machine slows both.
    static func costs(
        of one: () throws -> Void, and other: () throws -> Void
    ) throws -> (one: Double, other: Double) {
        var (ones, others): ([Double], [Double]) = ([], [])
        for _ in 0..<rounds {
            ones.append(try cost(of: one))
            others.append(try cost(of: other))
        }
        return (median(ones), median(others))
    }

    private static func cost(of body: () throws -> Void) throws -> Double {
        var (count, batch) = (0, 1)
        let start = spent()
        while spent() - start < 0.1 {
            for _ in 0..<batch { try body() }
            count += batch
            batch = min(batch * 2, 64)
        }
        return (spent() - start) / Double(count) / second
    }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    private static func spent() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
