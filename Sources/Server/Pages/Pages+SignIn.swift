import Console
import NIOHTTP1
import RoostCore
import Runtime

extension Pages {
  /// The door: shows the form, takes the operator token, or a one-time token from the address.
  func signIn(_ visit: Visit) -> HTTPResponse {
    let request = visit.request
    let asked = visit.isRead ? request.query("return") ?? "" : visit.field("return")
    let returnTo = asked.isEmpty ? Route.workspaces.link : Link(requested: asked)
    guard visit.isRead || request.method == .POST else { return notAllowed(visit, "GET, HEAD, POST") }
    let token = visit.isRead ? request.query("token") : visit.field("token")
    // Whoever only looks whether the address is good must not use it up.
    guard let token, request.method != .HEAD else {
      return visit.session == nil ? door(visit, returnTo, isRefused: false) : seeOther(returnTo)
    }
    let now = wallClock()
    guard failedSignIns.mayTry(request.peer, now: now) else {
      var response = fault(.unavailable, visit, status: .tooManyRequests)
      response.headers.add(name: "retry-after", value: "60")
      return response
    }
    let isGood = visit.isRead ? sessions.useLinkToken(token, now: now) : node.keys.isOperator(token.trimmed)
    guard isGood else {
      failedSignIns.note(request.peer, now: now)
      return door(visit, returnTo, isRefused: true)
    }
    if let old = visit.sessionID { sessions.close(old) }
    var response = seeOther(returnTo)
    response.headers.add(name: "set-cookie", value: cookie(sessions.open(now: now), maxAge: 30 * 86_400))
    return response
  }

  private func door(_ visit: Visit, _ returnTo: Link, isRefused: Bool) -> HTTPResponse {
    let page = SignInPage(isRefused: isRefused, returnTo: returnTo)
    var visit = visit
    visit.session = nil
    var frame = bareFrame(visit)
    frame.address = Route.signIn.link.adding("return", returnTo.text)
    return Self.html(page.document(in: frame), status: isRefused ? .forbidden : .ok)
  }

  func signOut(_ visit: Visit) -> HTTPResponse {
    if let id = visit.sessionID { sessions.close(id) }
    var response = seeOther(Route.signIn.link)
    response.headers.add(name: "set-cookie", value: cookie("", maxAge: 0))
    return response
  }

  /// The session itself ends earlier, when it was not used for `Sessions.idleMax`.
  private func cookie(_ value: String, maxAge seconds: Int) -> String {
    "\(sessionCookie)=\(value); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Lax"
  }
}

extension String {
  /// Without white space around it, as it comes along with copying.
  fileprivate var trimmed: String {
    let isSpace: (Character) -> Bool = { $0.isWhitespace }
    var text = self[...].drop(while: isSpace)
    while let last = text.last, isSpace(last) { text = text.dropLast() }
    return String(text)
  }
}
