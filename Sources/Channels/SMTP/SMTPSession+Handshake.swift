/// From the greeting to the first message: EHLO, STARTTLS, AUTH.
extension SMTPSession {
  mutating func repliedInHandshake(_ reply: SMTPReply) -> Action {
    switch state {
    case .greeting:
      guard reply.code == 220 else { return fail(.refused, reply, "The server refused the connection") }
      return hello()
    case .hello: return repliedToHello(reply)
    case .helloFallback:
      guard reply.kind == .success else { return fail(.refused, reply, "The server refused EHLO and HELO") }
      return secure()
    case .startTLS:
      guard reply.code == 220 else { return withoutTLS(reply) }
      state = .tlsHandshake
      return .startTLS
    default: return repliedToAuthentication(reply)
    }
  }

  private mutating func repliedToHello(_ reply: SMTPReply) -> Action {
    switch reply.kind {
    case .success:
      adopt(SMTPCapabilities(reply: reply))
      return secure()
    case .permanent:
      // RFC 5321 3.2: an old server knows HELO only.
      state = .helloFallback
      return .send([.helo(clientName)])
    default: return fail(.refused, reply, "The server refused EHLO")
    }
  }

  private mutating func secure() -> Action {
    guard !isSecure, tls == .required || tls == .opportunistic else { return authenticate() }
    guard capabilities.startTLS else { return withoutTLS(nil) }
    state = .startTLS
    return .send([.startTLS])
  }

  private mutating func withoutTLS(_ reply: SMTPReply?) -> Action {
    if tls == .required {
      return fail(.tlsNotOffered, reply, "TLS is required and the server does not offer STARTTLS")
    }
    if credentials != nil {
      return fail(.authenticationUnavailable, reply, "Without TLS the password would be readable on the way")
    }
    return authenticate()
  }

  private mutating func authenticate() -> Action {
    guard let credentials else {
      state = .ready
      return .ready
    }
    if capabilities.authMechanisms.contains("PLAIN") {
      state = .authPlain
      return .send([.authPlain(credentials)])
    }
    if capabilities.authMechanisms.contains("LOGIN") {
      state = .authLogin
      return .send([.authLogin])
    }
    return fail(.authenticationUnavailable, nil, "The server offers neither AUTH PLAIN nor AUTH LOGIN")
  }

  private mutating func repliedToAuthentication(_ reply: SMTPReply) -> Action {
    switch (state, reply.code, credentials) {
    case (.authPlain, 235, _), (.authLoginPassword, 235, _):
      state = .ready
      return .ready
    case (.authLogin, 334, let credentials?):
      state = .authLoginUser
      return .send([.loginUser(credentials)])
    case (.authLoginUser, 334, let credentials?):
      state = .authLoginPassword
      return .send([.loginPassword(credentials)])
    default:
      // Only the codes: some servers repeat what they were sent.
      let safe = SMTPReply(code: reply.code, lines: [reply.enhanced.map { "\($0)" } ?? ""])
      return fail(.authenticationRefused, safe, "The server refused the user name or the password")
    }
  }
}
