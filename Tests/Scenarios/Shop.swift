import RoostCore
import Runtime
import TestSupport

/// A shop that wins back whoever bought before and then fell silent for 30 days.
enum Shop {
  static let lapsing = """
    {"segment":"lapsing","all":[{"event":"Order Completed"},{"not":{"event":"Order Completed","within":"30d"}}]}
    """
  static let winback = """
    {"journey":"winback","holdout":"0%","enter":{"segment":"lapsing"},"again":"after 90d","exit":[{"event":"Order Completed"}],
     "steps":[{"wait":"10m"},{"send":{"id":"miss-you","channel":"email","template":"miss-you"}},{"wait":"7d"},
      {"branch":[{"if":{"trait":"vip","is":true},
                  "steps":[{"send":{"id":"gift","channel":"email","template":"gift"}}]},
                 {"else":[{"send":{"id":"coupon","channel":"email","template":"coupon"}}]}]},
      {"set":{"trait":"winback_tried","to":true}}]}
    """
  static func letter(_ subject: String) -> String {
    #"{"channel":"email","subject":"\#(subject), {{ person.first_name | default: 'friend' }}","text":"Hello!"}"#
  }

  /// The shop with its segment and letters; the journey is not published yet.
  static func open(in test: TestNode, _ key: String = "shop") async throws -> TestWorkspace {
    let shop = try await test.workspace(key)
    try await shop.put(.segment, "lapsing", lapsing)
    for name in ["miss-you", "gift", "coupon"] {
      try await shop.put(.template, name, letter(name))
    }
    try await shop.settle()
    return shop
  }
}

extension TestWorkspace {
  /// The clock goes to `time`, and the event happens there.
  func order(_ user: String, at time: String, total: String = "20") async throws {
    try await test.advance(to: time)
    try await batch([Calls.track("Order Completed", #""userId":"\#(user)""#, #"{"total":\#(total),"currency":"EUR"}"#)])
  }

  func join(_ user: String, _ traits: String, consent: Bool? = true) async throws {
    try await batch([Calls.identify(#""userId":"\#(user)""#, traits)])
    if let consent {
      try await self.consent("user:\(user)", #"{"consents":{"marketing.email":\#(consent)},"source":"form"}"#)
    }
  }
}
