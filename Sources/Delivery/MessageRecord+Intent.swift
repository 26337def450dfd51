import RoostCore

extension MessageRecord {
  /// What was decided: hardly anything of it ever changes.
  struct Intent: Sendable, Equatable {
    let id: IntentID
    let workspace: WorkspaceID
    let person: PersonID
    var userID: String
    var email: String
    let journey: String
    let version: UInt32
    let step: String
    let channel: String
    let template: String
    let templateVersion: UInt32
    let messageClass: MessageClass
    let createdAt: Instant
    var scheduledAt: Instant
    var entry: UInt32 = 0
    var place: UInt32 = 0
    var window: SendWindow?
    var isTest: Bool = false
    var to: String = ""
    var subject: String
    var values: [UInt8]
    var why: [String]
    var reasons: DecisionReasons?
  }

  public var id: IntentID { shared.intent.id }
  public var workspace: WorkspaceID { shared.intent.workspace }
  public var person: PersonID { shared.intent.person }
  /// The person's user id and e-mail when it was decided; "" if unknown.
  public var userID: String {
    get { shared.intent.userID }
    set { intent.userID = newValue }
  }
  public var email: String {
    get { shared.intent.email }
    set { intent.email = newValue }
  }
  /// The journey's key and version and the step's id.
  public var journey: String { shared.intent.journey }
  public var version: UInt32 { shared.intent.version }
  public var step: String { shared.intent.step }
  /// Keys.
  public var channel: String { shared.intent.channel }
  public var template: String { shared.intent.template }
  public var templateVersion: UInt32 { shared.intent.templateVersion }
  public var messageClass: MessageClass { shared.intent.messageClass }
  public var createdAt: Instant { shared.intent.createdAt }
  /// When it was first meant to go out.
  public var scheduledAt: Instant {
    get { shared.intent.scheduledAt }
    set { intent.scheduledAt = newValue }
  }
  /// Which of the person's entries into the journey, and the step's place in it: of one run, messages go out in their order.
  public var entry: UInt32 {
    get { shared.intent.entry }
    set { intent.entry = newValue }
  }
  public var place: UInt32 {
    get { shared.intent.place }
    set { intent.place = newValue }
  }
  /// When it may be handed over; `nil` if at any hour.
  public var window: SendWindow? {
    get { shared.intent.window }
    set { intent.window = newValue }
  }
  /// Sent by an operator to be looked at: belongs to no journey and no person, and no figure counts it.
  public var isTest: Bool {
    get { shared.intent.isTest }
    set { intent.isTest = newValue }
  }
  /// The address; "" if there is none.
  public var to: String {
    get { shared.intent.to }
    set { intent.to = newValue }
  }
  public var subject: String {
    get { shared.intent.subject }
    set { intent.subject = newValue }
  }
  /// What the template reads, as it was when the message was decided (`TemplateValues`).
  public var values: [UInt8] {
    get { shared.intent.values }
    set { intent.values = newValue }
  }
  /// What was noted besides `reasons`; of messages of earlier versions, which have none, all sentences. See `sentences`.
  public var why: [String] {
    get { shared.intent.why }
    set { intent.why = newValue }
  }
  /// What the decision rested on.
  public var reasons: DecisionReasons? {
    get { shared.intent.reasons }
    set { intent.reasons = newValue }
  }

  /// What stands before the subject of a test.
  public static let testMark = "[Test] "
}
