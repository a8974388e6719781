package import HTTPAPI

/// What can be wrong with a request, closed.
package enum TicketError: ProblemRepresentable, Equatable {
    case notFound
    case notOpen
    case expired
    case levelDone
    case ownTicket
    case notYours
    case mayNotDecide
    case alreadyDecided
    case changed
    case wider
    case needsPasskey
    /// The level takes no such answer without words.
    case needsComment(TicketOutcome)
    case noPasskey
    case tapRefused
    case seatTaken
    /// A rule at a door says who sits there.
    case seatOfRule
    /// Its seats were handed over as often as those of one request may be.
    case movedTooOften(most: Int)
    case nothingLeft
    /// Nobody could connect by what an approver leaves of it.
    case opensNothing
    /// Whoever asked is disabled.
    case requesterGone
    /// The time that was asked for is over.
    case windowOver
    /// Somebody else has the secret, and it is out with one person at a time.
    case secretIsOut
    /// The account is denied to whoever asked, or is out of service.
    case secretBarred
    /// The same, seen while it is asked for.
    case secretNotForYou
    /// The account is not what it was when it was asked for.
    case secretChanged
    case noFlow
    case noApprovers(level: Int)
    case unknownAsset
    case linkInvalid
    case linkUnsigned
    case flowNotFound
    case flowChanged
    case flowNameTaken
    case templateNameTaken
    /// Too few people can ever decide a level.
    case flowImpossible(level: Int)
    case unknownApprover
    /// The flow would ask for less than the company does.
    case flowBelowFloor(floor: ApprovalFloor)
    /// The flow that a request takes has fewer levels than the company asks for.
    case belowFloor(flow: String, levels: Int, floor: String)
    /// A company's last way to decide.
    case flowNeeded
    case tooManyOpen(most: Int)
    case companyHasTooManyOpen(most: Int)
    case cannotWithdraw
    case noBreakGlass
    case reviewMissing
    case reviewed
    case cannotGive

    package var problem: Problem {
        switch self {
        case .notFound, .flowNotFound: Problem(.notFound)
        case .notOpen: Problem(.ticketNotOpen, "It was decided, withdrawn or has expired. Reload to see the outcome.")
        case .expired: Problem(.ticketNotOpen, "Its deadline has passed. Ask for access again.")
        case .levelDone: Problem(.ticketNotOpen, "The level that you were asked about has its answer.")
        case .ownTicket: Problem(.ownTicket, "Somebody else has to decide a request that you made.")
        case .notYours: Problem(.notYourDecision, "This level waits for other people.")
        case .mayNotDecide:
            Problem(.notYourDecision, "Who answers here, or for whom, may not decide requests.")
        case .alreadyDecided:
            Problem(.notYourDecision, "You decided an earlier level; each level takes another person.")
        case .changed: Problem(.ticketChanged, "The request is not the one you saw. Read it again and decide then.")
        case .wider: Problem(.ticketWider, "An approver may take away, not add. Choose within what was asked.")
        case .needsPasskey:
            Problem(.ticketNeedsPasskey, "Approve it in the portal, where you are asked to tap your passkey.")
        case .needsComment(.approved):
            Problem(.ticketNeedsComment, "Say in a comment why you approve it: this level asks for that.")
        case .needsComment(.rejected):
            Problem(.ticketNeedsComment, "Say in a comment why you reject it: this level asks for that.")
        case .opensNothing:
            Problem(
                .ticketOpensNothing,
                "Keep connect among the actions: all else is done by connecting. To give nothing, reject the request.")
        case .noPasskey:
            Problem(.ticketNeedsPasskey, "You have no passkey for this host name. Add one in your profile first.")
        case .tapRefused: Problem(.ticketNeedsPasskey, "The passkey was not accepted. Ask again, and tap it.")
        case .seatTaken: Problem(.seatTaken, "This person can decide this level already. Choose somebody else.")
        case .seatOfRule:
            Problem(
                .notYourDecision,
                "Somebody waits at a door, and its rule says who answers. Only they can hand their own seats over.")
        case .movedTooOften(let most):
            Problem(
                .tooManyMoves,
                "Seats of this request were handed over \(most) times already. Who has one now decides, or whoever asked "
                    + "takes it back and asks anew.")
        case .nothingLeft:
            Problem(.ticketChanged, "What it asked for was deleted. Reject it, or have it taken back.")
        case .requesterGone: Problem(.ticketChanged, "The person who asked is disabled. Reject it.")
        case .windowOver:
            Problem(.ticketChanged, "The time that it asked for is over. Reject it, or have it asked for anew.")
        case .secretIsOut:
            Problem(
                .ticketChanged,
                "Somebody else has the secret, and it is out with one person at a time. Approve it when it is back, or "
                    + "reject it.")
        case .secretBarred:
            Problem(
                .ticketChanged,
                "The account is denied to whoever asked, or its asset is out of service. Reject it, or see to that.")
        case .secretNotForYou:
            Problem(
                .secretRefused,
                "No request opens this to you: a rule denies you the account, its asset is out of service, or you may "
                    + "not have secrets at all. An administrator can say which.")
        case .secretChanged:
            Problem(
                .ticketChanged,
                "The account is called otherwise by now, or has no secret. Reject it, or have it asked for anew.")
        case .noFlow:
            Problem(
                .noApprovalFlow, "No approval flow is set up. Ask an administrator to add one under Approval flows.")
        case .noApprovers(let level):
            Problem(.noApprovers, "Nobody can decide level \(level). Ask an administrator to name more approvers.")
        case .unknownAsset: Problem(.unknownAsset, "One of the assets does not exist or is disabled. Choose again.")
        case .linkInvalid: Problem(.linkInvalid, "The link was used, has expired or never existed. Use the portal.")
        case .linkUnsigned: Problem(.linkUnsigned, "The answer must be signed with the webhook's secret.")
        case .flowChanged: Problem(.versionChanged)
        case .templateNameTaken: Problem(.templateNameTaken, "Another template has this name. Choose a different one.")
        case .flowNameTaken: Problem(.flowNameTaken, "Another flow has this name.")
        case .flowImpossible(let level):
            Problem(
                .flowImpossible,
                "Too few active people can decide level \(level), or the same ones are needed for another level. Name "
                    + "more approvers, or let fewer of them be enough.")
        case .flowBelowFloor(let floor):
            Problem(
                .flowBelowFloor,
                "The company's rule “\(floor.name)” asks for more: \(floor.words). Add it to the flow.")
        case .belowFloor(let flow, let levels, let floor):
            Problem(
                .noApprovers,
                "The company's rule “\(floor)” asks for \(levels) levels here, and the flow “\(flow)” has fewer. Ask "
                    + "an administrator to add them.")
        case .flowNeeded:
            Problem(
                .flowNeeded,
                "Requests that no other flow is for take this one. Make another flow the default of the company first.")
        case .tooManyOpen(let most):
            Problem(
                .tooManyOpen,
                "You have \(most) open requests, as many as one person may have. Take back what you no longer need, or "
                    + "wait until some are decided.")
        case .companyHasTooManyOpen(let most):
            Problem(
                .tooManyOpen,
                "The company has \(most) open requests, as many as it may have. Ask an administrator to have old ones "
                    + "decided, or to allow more under Approval flows.")
        case .cannotWithdraw: Problem(.ticketNotOpen, "A review of emergency access cannot be taken back.")
        case .noBreakGlass:
            Problem(
                .breakGlassRefused,
                "No rule gives you emergency access to these assets, to do all of this for so long. Take less, or ask "
                    + "for access.")
        case .reviewMissing:
            Problem(
                .breakGlassUnreviewed,
                "An earlier use waits for its review. Ask one of the reviewers to do it now.")
        case .cannotGive:
            Problem(
                .notYourDecision,
                "Nobody who agreed could give this role, or it does not go with what the person has. Reject it.")
        case .reviewed: Problem(.ticketNotOpen, "It was reviewed already. Reload to see what came of it.")
        case .unknownApprover: Problem(.unknownApprover, "A user, group, role or webhook of the flow does not exist.")
        }
    }
}

extension ProblemType {
    package static let ticketNotOpen = ProblemType("ticket-not-open", "The request is not open", status: 409)
    package static let ownTicket = ProblemType("own-ticket", "Nobody decides their own request", status: 403)
    package static let notYourDecision = ProblemType(
        "not-your-decision", "The decision is somebody else's", status: 403)
    package static let ticketChanged = ProblemType("ticket-changed", "The request has changed", status: 409)
    package static let ticketWider = ProblemType("ticket-wider", "That is more than was asked for", status: 422)
    package static let ticketNeedsPasskey = ProblemType(
        "ticket-needs-passkey", "The decision needs a passkey", status: 403)
    package static let ticketNeedsComment = ProblemType(
        "ticket-needs-comment", "The decision needs a comment", status: 422)
    package static let ticketOpensNothing = ProblemType(
        "ticket-opens-nothing", "What is left of it opens nothing", status: 422)
    package static let seatTaken = ProblemType("seat-taken", "The person decides already", status: 409)
    package static let tooManyMoves = ProblemType(
        "too-many-moves", "The seats were handed over too often", status: 409)
    package static let noApprovalFlow = ProblemType("no-approval-flow", "Requests cannot be decided yet", status: 409)
    package static let noApprovers = ProblemType("no-approvers", "A level has no approver", status: 409)
    package static let unknownAsset = ProblemType("unknown-asset", "There is no such asset", status: 422)
    package static let linkInvalid = ProblemType("link-invalid", "The link is not valid", status: 404)
    package static let linkUnsigned = ProblemType("link-unsigned", "The signature is missing or wrong", status: 403)
    package static let flowNameTaken = ProblemType("flow-name-taken", "The name is taken", status: 409)
    package static let templateNameTaken = ProblemType("template-name-taken", "The name is taken", status: 409)
    package static let flowImpossible = ProblemType("flow-impossible", "The flow can never be decided", status: 422)
    package static let flowBelowFloor = ProblemType(
        "flow-below-floor", "The company asks for more than the flow", status: 422)
    package static let flowNeeded = ProblemType("flow-needed", "The flow is needed", status: 409)
    package static let tooManyOpen = ProblemType(
        "too-many-open-requests", "There are too many open requests", status: 409)
    package static let unknownApprover = ProblemType("unknown-approver", "There is no such approver", status: 422)

    package static let breakGlassRefused = ProblemType(
        "break-glass-refused", "There is no emergency access for this", status: 403)
    package static let secretRefused = ProblemType("secret-refused", "The secret is not for you", status: 403)
    package static let breakGlassUnreviewed = ProblemType(
        "break-glass-unreviewed", "Emergency access waits for a review", status: 403)

    package static let tickets: [ProblemType] = [
        breakGlassRefused, breakGlassUnreviewed, secretRefused,
        ticketNotOpen, ownTicket, notYourDecision, ticketChanged, ticketWider, ticketNeedsPasskey,
        ticketNeedsComment, ticketOpensNothing,
        seatTaken, tooManyMoves, noApprovalFlow, noApprovers, unknownAsset, linkInvalid, linkUnsigned, flowNameTaken,
        flowImpossible,
        unknownApprover, templateNameTaken, flowBelowFloor, flowNeeded, tooManyOpen,
    ]
}
