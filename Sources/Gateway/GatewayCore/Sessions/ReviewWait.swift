/// What is due next for somebody in front of the gateway who waits for the word of somebody else. Pure: it is told what happens
/// and what time it is.
package struct ReviewWait: Equatable, Sendable {
    package typealias Instant = ContinuousClock.Instant

    package enum Turn: Equatable, Sendable {
        /// Ask the control plane what has become of it.
        case ask
        /// Show the client a question without prompts, which it answers by itself: that keeps it, and whatever lies between.
        case greet
        /// Nothing until then, unless there is a call.
        case rest(until: Instant)
        /// Nobody waits for so long.
        case giveUp
    }

    /// How long everything takes.
    package struct Pace: Equatable, Sendable {
        /// From one greeting to the next.
        package var greeting = Duration.seconds(20)
        /// From one question to the next when nobody calls.
        package var asking = Duration.seconds(240) ... .seconds(360)
        /// The same after one that was not answered, which doubles each time up to the longest.
        package var again = Duration.seconds(5) ... .seconds(60)
        /// A little more than the control plane lets anybody wait.
        package var longest = Duration.seconds(900)

        package init() {}
    }

    private let pace: Pace
    private let end: Instant
    private var nextGreeting: Instant
    private var nextAsking: Instant
    private var isCalled = false
    private var failures = 0

    package init(at now: Instant, pace: Pace = Pace()) {
        self.pace = pace
        end = now + pace.longest
        nextGreeting = now + pace.greeting
        nextAsking = now + .random(in: pace.asking)
    }

    package func turn(at now: Instant) -> Turn {
        if now >= end { return .giveUp }
        if now >= nextAsking || (isCalled && failures == 0) { return .ask }
        if now >= nextGreeting { return .greet }
        return .rest(until: min(end, nextAsking, nextGreeting))
    }

    /// There may be news. What the control plane does not answer is asked again by the clock alone.
    package mutating func call() { isCalled = true }

    /// A question goes out: a call that comes from now on is another one's.
    package mutating func ask() { isCalled = false }

    /// Nobody has answered yet.
    package mutating func isOpen(at now: Instant) {
        failures = 0
        nextAsking = now + .random(in: pace.asking)
    }

    /// The control plane did not answer.
    package mutating func failed(at now: Instant, notBefore: Duration = .zero) {
        let pause = pace.again.lowerBound * (1 << min(failures, 8))
        failures += 1
        nextAsking = now + max(notBefore, min(pause, pace.again.upperBound) * Double.random(in: 1...1.25))
    }

    package mutating func greeted(at now: Instant) { nextGreeting = now + pace.greeting }
}
