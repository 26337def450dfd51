import Console
import Lint
import NIOHTTP1
import RoostCore
import Runtime

/// The console and the mailbox: everything that people open in a browser. For whoever has the operator token.
final class Pages: Sendable {
  let node: Node
  let sessions = Sessions()
  let failedSignIns = FailedSignIns()
  let messageFigures = Recent<MessageFigures>()
  let activities = Recent<ActivityView>()
  let lints = Recent<[LintFinding]>()
  /// Browsers send the cookies of all ports of a host: each installation's has a name of its own.
  let sessionCookie: String

  init(node: Node) {
    self.node = node
    sessionCookie = "roost_session_" + KeyRing.hash(node.operatorToken).prefix(8)
  }

  /// The path and query of a link that signs in once, within fifteen minutes.
  func makeSignInLink() -> String {
    Route.signIn.link.adding("token", sessions.makeLinkToken(now: wallClock())).text
  }

  func respond(_ request: HTTPRequest) async -> HTTPResponse {
    let visit = visit(request)
    var response = await respond(visit)
    if let language = visit.chosenLanguage {
      response.headers.add(
        name: "set-cookie", value: "roost_language=\(language.rawValue); Path=/; Max-Age=31536000; SameSite=Lax")
    }
    return response
  }

  private func respond(_ visit: Visit) async -> HTTPResponse {
    let request = visit.request
    if let asset = Asset.find(path: request.rawPath) {
      return visit.isRead ? Self.file(asset, request) : notAllowed(visit, "GET, HEAD")
    }
    guard let route = Route(path: request.rawPath) else { return fault(.notFound, visit) }
    if route == .signIn { return signIn(visit) }
    guard visit.session != nil else {
      guard visit.isRead else { return fault(.forbidden, visit) }
      return seeOther(Route.signIn.link.adding("return", visit.address.text))
    }
    guard visit.isRead || visit.request.method == .POST else { return notAllowed(visit, "GET, HEAD, POST") }
    do throws(Problem) {
      if visit.isRead { return try await show(route, visit) ?? notAllowed(visit, "POST") }
      guard visit.isGenuine else { return fault(.forbidden, visit) }
      let answer = try await Author.console.asking { () async throws(Problem) in try await act(route, visit) }
      return answer ?? notAllowed(visit, "GET, HEAD")
    } catch {
      return fault(FaultPage.Kind(error.code), visit)
    }
  }

  /// What a route shows; `nil` for routes that only take forms.
  private func show(_ route: Route, _ visit: Visit) async throws(Problem) -> HTTPResponse? {
    switch route {
    case .home: return seeOther(Route.workspaces.link)
    case .workspaces: return try await showWorkspaces(visit)
    case .overview(let key): return try await showOverview(try await enter(key, visit))
    case .people(let key): return try await showPeople(try await enter(key, visit))
    case .person(let key, let id): return try await showPerson(id, try await enter(key, visit))
    case .segments(let key): return try await showSegments(try await enter(key, visit))
    case .segment(let key, let segment): return try await showSegment(segment, try await enter(key, visit))
    case .journeys(let key): return try await showJourneys(try await enter(key, visit))
    case .journey(let key, let journey): return try await showJourney(journey, try await enter(key, visit))
    case .broadcasts(let key): return try await showBroadcasts(try await enter(key, visit))
    case .broadcast(let key, let broadcast): return try await showBroadcast(broadcast, try await enter(key, visit))
    case .rehearsals(let key): return try await showRehearsals(try await enter(key, visit))
    case .rehearsal(let key, let id): return try await showRehearsal(id, try await enter(key, visit))
    case .templates(let key): return try await showTemplates(try await enter(key, visit))
    case .template(let key, let template): return try await showTemplate(template, try await enter(key, visit))
    case .templateBody(let key, let template): return try await templateBody(template, try await enter(key, visit))
    case .vouchers(let key): return try await showVouchers(try await enter(key, visit))
    case .messages(let key): return try await showMessages(try await enter(key, visit))
    case .message(let key, let id): return try await showMessage(id, try await enter(key, visit))
    case .messageBody(let key, let id): return try await messageBody(id, try await enter(key, visit))
    case .channels(let key): return try await showChannels(try await enter(key, visit))
    case .policies(let key): return try await showPolicies(try await enter(key, visit))
    case .suppressions(let key): return try await showSuppressions(try await enter(key, visit))
    case .mailbox: return try await showMailbox(visit)
    case .letter(let id): return try await showLetter(id, visit)
    case .letterBody(let id): return try await letterBody(id)
    case .quarantine(let key): return try await showQuarantine(try await enter(key, visit))
    case .quarantined(let key, let id): return try await showQuarantined(id, try await enter(key, visit))
    case .signIn, .signOut, .clock, .journeyAction, .broadcastAction, .rehearsalCancel, .quarantineReplay,
      .channelTrial,
      .redrive, .suppressionLift, .templateTest:
      return nil
    }
  }

  /// What a form does; `nil` for routes that only show.
  private func act(_ route: Route, _ visit: Visit) async throws(Problem) -> HTTPResponse? {
    switch route {
    case .signOut: return signOut(visit)
    case .clock: return try await moveClock(visit)
    case .journeyAction(let key, let journey, let action):
      return try await change(journey, action, try await enter(key, visit))
    case .channelTrial(let key, let channel): return try await tryChannel(channel, try await enter(key, visit))
    case .redrive(let key): return try await redrive(try await enter(key, visit))
    case .templateTest(let key, let template): return try await sendTest(template, try await enter(key, visit))
    case .broadcastAction(let key, let broadcast, let action):
      return try await change(broadcast, action, try await enter(key, visit))
    case .policies(let key): return try await changePolicies(try await enter(key, visit))
    case .suppressions(let key): return try await addSuppression(try await enter(key, visit))
    case .suppressionLift(let key): return try await liftSuppression(try await enter(key, visit))
    case .rehearsals(let key): return try await beginRehearsal(try await enter(key, visit))
    case .rehearsalCancel(let key, let id): return try await cancelRehearsal(id, try await enter(key, visit))
    case .quarantineReplay(let key, let id): return try await replay(id, try await enter(key, visit))
    default: return nil
    }
  }
}

extension FaultPage.Kind {
  init(_ code: Problem.Code) {
    switch code {
    case .invalid, .conflict, .tooLarge: self = .badRequest
    case .unauthorized, .forbidden: self = .forbidden
    case .notFound: self = .notFound
    case .overloaded, .unavailable: self = .unavailable
    case .internalFault: self = .failed
    }
  }
}
