import FoundationEssentials
import GatewayContract
import HTTPAPI
import Hosting
import Identity
import Kernel
import ServiceLifecycle
import Tickets

extension SignInReviews {
    /// Sign-ins that wait are requests: asked about and decided like any other.
    /// `connections` is how many of the database there are: half of them are for those who do not wait.
    static func live(_ reviews: Reviews, connections: Int) -> SignInReviews {
        SignInReviews(
            turns: FairAdmission(
                places: max(1, connections / 2), placesBesideOthers: max(1, connections / 4),
                mostWaiting: Reviews.mostInOneTenant),
            ask: { question, now, scope, transaction in
                Standing(
                    try await reviews.ask(ReviewQuestion(question), at: now, in: scope, transaction))
            },
            canAnswer: { asked, user, now, scope, transaction in
                try await reviews.canAnswer(
                    asked.map(Seat.init), about: user, at: now, in: scope, transaction)
            },
            withdraw: { attempt, user, now, scope, transaction in
                try await reviews.withdraw(attempt, of: user, at: now, in: scope, transaction)
            },
            asked: { ticket, scope, transaction in
                try await reviews.asked(about: ticket, in: scope, transaction)
            },
            end: { users, now, scope, transaction in
                try await reviews.end(signInsOf: users, at: now, in: scope, transaction)
            },
            wait: { ticket, address, since, scope in
                Waking(
                    await reviews.hub.wait(for: ticket, in: scope, from: address, since: since, atMost: patience))
            },
            place: { key, now in reviews.hub.place(key, at: now)?.ticket },
            keep: { key, ticket, since, scope, end in
                reviews.hub.keep(key, for: ticket, in: scope, since: since, until: end)
            },
            void: { rules, now, scope, transaction in
                try await reviews.void(rules.map(\.uuid), at: now, in: scope, transaction)
            },
            stir: { scope, transaction in
                try await reviews.hub.stir(in: scope, transaction)
                try await WorkerMail().stirWaiting(in: scope, transaction)
            })
    }

    /// How long a browser is kept waiting for an answer, which is shorter than proxies are patient.
    private static let patience = Duration.seconds(25)
}

extension ReviewWaiting {
    static func live(_ reviews: Reviews) -> ReviewWaiting {
        ReviewWaiting(
            look: { places, now in
                try await reviews.look(at: places.map { ($0.scope.tenant, $0.ticket) }, at: now)
            },
            state: { place, user, now in
                try await reviews.state(of: place.ticket, for: user, at: now, in: place.scope).map {
                    switch $0 {
                    case .open: .waiting
                    case .approved: .approved
                    case .withdrawn: .withdrawn
                    case .rejected, .expired: .rejected
                    }
                }
            },
            withdraw: { place, user, now in
                try await reviews.withdraw(place.ticket, of: user, at: now, in: place.scope)
            },
            rest: {
                await RequestPlace.lent {
                    // A node that stops keeps nobody.
                    try? await cancelWhenGracefulShutdown { try await Task.sleep(for: worker) }
                }
            })
    }

    /// How long a worker is kept that would ask again at once.
    private static let worker = Duration.seconds(8)
}

extension ReviewQuestion {
    fileprivate init(_ question: SignInReviews.Question) {
        self.init(
            .signIn(
                SignInKind.Content(
                    login: question.login, entrance: question.entrance.rawValue,
                    clientAddress: question.clientAddress, rule: question.ruleName)),
            by: question.user, question.name, attempt: question.attempt, rule: question.rule.uuid,
            question.ruleName, from: question.clientAddress, asking: question.asked.map(Seat.init),
            lifetime: SignInReviews.lifetime, isAttended: question.isAttended)
    }
}

extension Seat {
    fileprivate init(_ asked: SignInReviews.Asked) {
        let reason: Reason =
            switch asked.reason {
            case .named: .named
            case .group: .group
            case .role: .role
            }
        self.init(user: asked.user, reason: reason, detail: asked.detail)
    }
}

extension SignInReviews.Standing {
    fileprivate init(_ standing: ReviewStanding) {
        self =
            switch standing {
            case .waits(let ticket, let end): .waits(ticket, until: end)
            case .approved: .approved
            case .rejected: .rejected
            case .withdrawn: .withdrawn
            case .crowded: .crowded
            case .nobody: .nobody
            }
    }
}

extension SignInReviews.Waking {
    fileprivate init(_ waking: WaitingRoom.Waking) {
        self =
            switch waking {
            case .woken: .woken
            case .timeIsUp: .timeIsUp
            case .crowded: .crowded
            }
    }
}
