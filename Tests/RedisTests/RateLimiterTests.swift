import Glibc
import Testing

@testable import Redis

@Suite struct TokenBucketTests {
    let start = ContinuousClock.now

    @Test func `a burst is allowed, then one for each interval`() {
        let limit = RateLimit(60, per: .seconds(60), burst: 3)
        var bucket = TokenBucket(fullAt: start)
        for _ in 0..<3 { #expect(bucket.take(1, of: limit, at: start) == nil) }
        #expect(bucket.take(1, of: limit, at: start) == .seconds(1))
        #expect(bucket.take(1, of: limit, at: start + .milliseconds(250)) == .milliseconds(750))
        #expect(bucket.take(1, of: limit, at: start + .seconds(1)) == nil)
        #expect(bucket.take(1, of: limit, at: start + .seconds(1)) == .seconds(1))
    }

    @Test func `a refusal takes nothing, and a quiet time gives no more than the burst`() {
        let limit = RateLimit(10, per: .seconds(10))
        var bucket = TokenBucket(fullAt: start)
        #expect(bucket.take(8, of: limit, at: start) == nil)
        for _ in 0..<100 { #expect(bucket.take(3, of: limit, at: start) == .seconds(1)) }
        #expect(bucket.take(10, of: limit, at: start + .seconds(3600)) == nil)
        #expect(bucket.take(1, of: limit, at: start + .seconds(3600)) == .seconds(1))
    }

    @Test func `more than the bucket holds costs the whole bucket, and less than nothing is nothing`() {
        let limit = RateLimit(5, per: .seconds(5))
        var bucket = TokenBucket(fullAt: start)
        #expect(bucket.take(-7, of: limit, at: start) == nil)
        #expect(bucket.take(1000, of: limit, at: start) == nil)
        #expect(bucket.take(1, of: limit, at: start) == .seconds(1))
    }

    @Test func `a clock that was set back leaves a bucket empty at worst`() {
        let limit = RateLimit(5, per: .seconds(5))
        var bucket = TokenBucket(fullAt: start + .seconds(3600))
        #expect(bucket.take(1, of: limit, at: start) == .seconds(1))
    }

    @Test(arguments: [(1, 1), (999, 1), (1000, 1), (1001, 2), (59_500, 60)])
    func `waits are whole seconds, rounded up`(milliseconds: Int, seconds: Int) {
        #expect(RateLimit.seconds(.milliseconds(milliseconds)) == seconds)
    }

    @Test func `when there are too many keys, new ones share a bucket until old ones are forgotten`() {
        let limiter = LocalRateLimiter(mostKeys: 100)
        let limit = RateLimit(2, per: .seconds(2))
        for key in 0..<100 { #expect(limiter.take("\(key)", limit, cost: 1, at: start) == nil) }
        let allowed = (100..<1000).filter { limiter.take("\($0)", limit, cost: 1, at: start) == nil }
        #expect(allowed == [100, 101])
        #expect(limiter.take("7", limit, cost: 1, at: start) == nil)
        #expect(limiter.take("2000", limit, cost: 2, at: start + .seconds(10)) == nil)
        #expect(limiter.take("2001", limit, cost: 2, at: start + .seconds(10)) == nil)
    }
}

@Suite(.timeLimit(.minutes(1))) struct RateLimiterTests {
    let limit = RateLimit(50, per: .seconds(5000))
    /// Where Redis itself must have counted, however long a busy machine lets it wait.
    let patient = Duration.seconds(20)

    private func allowed(_ limiters: [RateLimiter], _ key: String, tries: Int = 200) async -> Int {
        await withTaskGroup(of: Int?.self) { group in
            for number in 0..<tries {
                group.addTask { await limiters[number % limiters.count].take(key, limit) }
            }
            return await group.reduce(into: 0) { count, wait in count += wait == nil ? 1 : 0 }
        }
    }

    @Test func `several nodes share one limit, to the last try`() async throws {
        let server = try RedisServer()
        try await server.withClient { first in
            try await server.withClient { second in
                let nodes = [first, second].map { RateLimiter(redis: $0, patience: patient) }
                #expect(await allowed(nodes, "a") == 50)
                #expect(await allowed(nodes, "b") == 50)
                let wait = try #require(await nodes[0].take("a", limit))
                #expect((90...100).contains(wait))
                #expect(await nodes[1].take("c", limit, cost: 49) == nil)
                #expect(await nodes[0].take("c", limit, cost: 2) != nil)
                #expect(await nodes[0].take("c", limit, cost: 1) == nil)
            }
        }
    }

    @Test func `a key is forgotten when its bucket is full again`() async throws {
        try await RedisServer().withClient { redis async throws in
            let limiter = RateLimiter(redis: redis, patience: patient)
            let short = RateLimit(1, per: .seconds(1))
            #expect(await limiter.take("a", short) == nil)
            #expect(await limiter.take("a", short) == 1)
            let left = try await redis.command(["PTTL", "gatehouse:rate:a"]).int
            #expect((1...1000).contains(left ?? 0))
            try await Task.sleep(for: .milliseconds(1100))
            #expect(try await redis.command(["EXISTS", "gatehouse:rate:a"]).int == 0)
            #expect(await limiter.take("a", short) == nil)
        }
    }

    @Test func `a restarted Redis is taught the script again`() async throws {
        let server = try RedisServer()
        try await server.withClient { redis async throws in
            let limiter = RateLimiter(redis: redis, patience: patient)
            #expect(await limiter.take("a", limit) == nil)
            try await redis.command(["SCRIPT", "FLUSH"])
            #expect(await limiter.take("a", limit) == nil)
            #expect(try await redis.command(["EXISTS", "gatehouse:rate:a"]).int == 1)
            server.kill()
            try server.start()
            try await redis.awaitAnswer()
            #expect(await limiter.take("a", limit) == nil)
            #expect(try await redis.command(["EXISTS", "gatehouse:rate:a"]).int == 1)
        }
    }

    @Test func `while Redis is away the limit holds in this process, at once`() async throws {
        let server = try RedisServer()
        try await server.withClient {
            $0.commandTimeout = .seconds(20)
        } _: { redis async throws in
            let limiter = RateLimiter(redis: redis)
            #expect(await allowed([RateLimiter(redis: redis, patience: patient)], "a") == 50)
            server.kill()
            let elapsed = await ContinuousClock().measure {
                #expect(await allowed([limiter], "b") == 50)
                #expect(await allowed([limiter], "b") == 0)
            }
            #expect(elapsed < .seconds(5))
        }
    }

    @Test func `while Redis hangs a request waits only a moment`() async throws {
        let server = try RedisServer()
        try await server.withClient {
            // Not this, but the limiter's patience is what ends.
            $0.commandTimeout = .seconds(20)
        } _: { redis async throws in
            let limiter = RateLimiter(redis: redis)
            server.signal(SIGSTOP)
            let elapsed = await ContinuousClock().measure { #expect(await allowed([limiter], "a") == 50) }
            #expect(elapsed < .seconds(5))
            server.signal(SIGCONT)
        }
    }

    @Test func `without Redis one process counts for itself`() async {
        let limiter = RateLimiter(redis: nil)
        #expect(await allowed([limiter], "a") == 50)
        let long = String(repeating: "k", count: 300)
        #expect(await allowed([limiter], long + "1") == 50)
        #expect(await allowed([limiter], long + "2") == 0)
    }
}
