import Kernel

/// What a model makes of a face: 128 numbers that are near each other for two pictures of one person. Pure.
///
/// The bounds are those of dlib's face model, much closer together than where it tells two people apart (0.6): they let
/// somebody repeat themselves rather than a stranger pass.
struct FaceVector: Sendable, Equatable {
    static let count = 128
    /// Two pictures of one face are nearer than this.
    static let farthest = 0.35
    /// And the cosine of the angle between them is more than this.
    static let leastLikeness = 0.95
    /// No model says anything shorter or longer: what is nearly nothing is near everything.
    static let lengths = 0.5...2.0

    let numbers: [Double]

    /// Nil for what is no face's.
    init?(_ numbers: [Double]) {
        guard numbers.count == Self.count, numbers.allSatisfy(\.isFinite) else { return nil }
        self.numbers = numbers
        guard Self.lengths.contains(length) else { return nil }
    }

    /// As it is sealed: eight bytes for each number, the lowest first.
    init?(bytes: [UInt8]) {
        guard bytes.count == Self.count * 8 else { return nil }
        self.init(
            (0..<Self.count).map { number in
                let bits = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[number * 8 + $1]) << UInt64($1 * 8) }
                return Double(bitPattern: bits)
            })
    }

    var bytes: [UInt8] {
        numbers.flatMap { number in (0..<8).map { UInt8(truncatingIfNeeded: number.bitPattern >> UInt64($0 * 8)) } }
    }

    func matches(_ other: FaceVector) -> Bool {
        var (square, product) = (0.0, 0.0)
        for (one, another) in zip(numbers, other.numbers) {
            square += (one - another) * (one - another)
            product += one * another
        }
        return square.squareRoot() < Self.farthest && product / (length * other.length) > Self.leastLikeness
    }

    private var length: Double { numbers.reduce(0) { $0 + $1 * $1 }.squareRoot() }
}

/// What a capture component posts.
struct CapturedFace: Sendable, Equatable {
    /// Far more than 128 numbers take.
    static let mostBytes = 16 << 10

    let vector: FaceVector
    /// Whether a living person was before the camera, as the component says.
    let isLive: Bool

    init(parsing body: [UInt8]) throws(Invalid) {
        guard case .object(let members)? = try? JSONParser.parse(body) else {
            throw Invalid("must be an object with vector and liveness", field: "")
        }
        guard members.count == 2, let vector = members.first(where: { $0.name == "vector" })?.value,
            case .bool(let isLive)? = members.first(where: { $0.name == "liveness" })?.value
        else { throw Invalid("must be true or false, beside the vector and nothing else", field: "liveness") }
        guard case .array(let items) = vector, items.count == FaceVector.count else {
            throw Invalid("must be 128 numbers", field: "vector")
        }
        let numbers = items.compactMap { item -> Double? in
            switch item {
            case .double(let number): number
            case .int(let number): Double(number)
            default: nil
            }
        }
        guard let vector = FaceVector(numbers) else {
            throw Invalid("must be 128 numbers whose length as a vector is between 0.5 and 2", field: "vector")
        }
        self.vector = vector
        self.isLive = isLive
    }
}
