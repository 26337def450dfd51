import Liquid
import RoostCore

/// One message on its way to one address.
public struct MessageEnvelope: Sendable, Equatable {
  /// The intent's id: the same at every attempt. Transports pass it on as idempotency key where there is one.
  public var id: String
  /// The service's address: a mailbox, a phone number, a device token, a subscription's endpoint, a chat.
  public var address: String
  /// A browser subscription's `p256dh.auth`; empty for other addresses.
  public var keys: String
  /// Bundle or package name of the app at the address; empty if unknown.
  public var app: String
  /// What the template made, by the names of its fields: `subject`, `text`, `html`, `title`, `body`, `url`, `image`…
  public var fields: [String: String]
  public var createdAt: Instant
  /// After this moment nobody needs to be told any more; `nil` if there is none.
  public var expiresAt: Instant?
  /// `marketing` or `transactional`.
  public var isTransactional: Bool
  /// The hand-offs before this one.
  public var attempt: Int
  /// Where it comes from, for whoever receives reports: journey, step, person, workspace.
  public var origin: Origin
  /// What is known of the person, as far as the channel's own templates ask for it: an object.
  public var person = LiquidValue.object([])
  /// Its text is HTML, as templates for messengers are.
  public var isMarkup = false
  /// Where whoever takes the message may report what became of it; `nil` where nobody would listen.
  public var callbackURL: String?
  /// Says, where it is posted to `/c/{token}`, that a push message was tapped; `nil` where nobody would listen.
  public var tapToken: String?

  public struct Origin: Sendable, Equatable {
    public var workspace: String
    public var journey: String
    public var step: String
    public var person: String
    public var userID: String
    public init(workspace: String, journey: String, step: String, person: String, userID: String) {
      self.workspace = workspace
      self.journey = journey
      self.step = step
      self.person = person
      self.userID = userID
    }
  }

  public init(
    id: String, address: String, keys: String = "", app: String = "", fields: [String: String], createdAt: Instant,
    expiresAt: Instant? = nil, isTransactional: Bool = false, attempt: Int = 1,
    origin: Origin = Origin(workspace: "", journey: "", step: "", person: "", userID: "")
  ) {
    self.id = id
    self.address = address
    self.keys = keys
    self.app = app
    self.fields = fields
    self.createdAt = createdAt
    self.expiresAt = expiresAt
    self.isTransactional = isTransactional
    self.attempt = attempt
    self.origin = origin
  }

  /// A field's text; `nil` if the template has none of it, or it came out empty.
  public func field(_ name: String) -> String? { fields[name].flatMap { $0.isEmpty ? nil : $0 } }
}
