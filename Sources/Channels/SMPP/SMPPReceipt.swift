/// A delivery receipt: what became of a message that was taken (SMPP 3.4 2.11, appendix B; parameters 5.3.2.35).
public struct SMPPReceipt: Sendable, Equatable {
  public enum State: UInt8, Sendable {
    case enroute = 1, delivered, expired, deleted, undeliverable, accepted, unknown, rejected

    /// By the seven letters of the text form.
    init?(word: some StringProtocol) {
      switch word.uppercased().prefix(7) {
      case "ENROUTE": self = .enroute
      case "DELIVRD": self = .delivered
      case "EXPIRED": self = .expired
      case "DELETED": self = .deleted
      case "UNDELIV": self = .undeliverable
      case "ACCEPTD": self = .accepted
      case "UNKNOWN": self = .unknown
      case "REJECTD": self = .rejected
      default: return nil
      }
    }

    /// Nothing more will be heard after it.
    public var isFinal: Bool { self != .enroute && self != .accepted && self != .unknown }
    public var word: String {
      switch self {
      case .enroute: "ENROUTE"
      case .delivered: "DELIVRD"
      case .expired: "EXPIRED"
      case .deleted: "DELETED"
      case .undeliverable: "UNDELIV"
      case .accepted: "ACCEPTD"
      case .unknown: "UNKNOWN"
      case .rejected: "REJECTD"
      }
    }
  }

  /// The centre's names for the message, as the parameter and as the text have it, without repetition.
  public var ids: [String]
  public var state: State
  /// The text's `err`, or the network's code as `gsm:1`; empty if there is none.
  public var error: String
  /// The network's own code, where it is a GSM network's (5.3.2.31).
  public var networkError: Int?

  /// `nil` if the message is none.
  init?(_ message: SMPPMessage) {
    let fields = Self.fields(String(decoding: message.payload.prefix(1_000), as: UTF8.self))
    var ids: [String] = []
    if let named = message.parameter(SMPPTag.receiptedMessageID) {
      let id = String(decoding: named.prefix { $0 != 0 }, as: UTF8.self)
      if !id.isEmpty { ids.append(id) }
    }
    if let id = fields["id"], !ids.contains(id) { ids.append(id) }
    let parameter = message.parameter(SMPPTag.messageState)?.first.flatMap(State.init(rawValue:))
    // 5.2.12: bits 5 to 2 of esm_class tell receipts (1) and intermediate notes (8); some centres leave them 0.
    let kind = message.esmClass >> 2 & 0xF
    guard kind == 1 || kind == 8 || (kind == 0 && parameter != nil) || (kind == 0 && fields["stat"] != nil),
      !ids.isEmpty,
      let state = parameter ?? fields["stat"].flatMap({ State(word: $0) })
    else { return nil }
    self.ids = ids
    self.state = state
    error = fields["err"] ?? ""
    if let code = message.parameter(SMPPTag.networkErrorCode), code.count == 3 {
      let number = Int(code[1]) << 8 | Int(code[2])
      if code[0] == 3 { networkError = number }
      if error.isEmpty { error = "\(code[0] == 3 ? "gsm" : "network \(code[0])"):\(number)" }
    }
  }

  /// `id:123 sub:001 dlvrd:001 submit date:… done date:… stat:DELIVRD err:000 text:…`, in any order and case; the text
  /// ends the list, for it may hold anything.
  private static func fields(_ text: String) -> [String: String] {
    var found: [String: String] = [:]
    for word in text.split(whereSeparator: { $0 == " " || $0 == "\n" || $0 == "\r\n" || $0 == "\0" }).prefix(40) {
      guard let colon = word.firstIndex(of: ":") else { continue }
      let name = word[..<colon].lowercased()
      if name == "text" { break }
      if found[name] == nil { found[name] = String(word[word.index(after: colon)...]) }
    }
    return found
  }

  /// The number does not exist: the network says "unknown subscriber" (1) or "unidentified subscriber" (5, 3GPP TS
  /// 29.002), or the text's code is one of those that the operator gave as meaning that.
  public func isNumberDead(codes: [String]) -> Bool {
    guard state == .undeliverable || state == .rejected else { return false }
    return networkError == 1 || networkError == 5 || (!error.isEmpty && codes.contains(error))
  }
}

/// How centres write the names of messages: many answer in hexadecimal what their receipts have in decimal, or the
/// reverse.
public enum SMPPMessageIDs: String, Sendable, CaseIterable {
  /// As the answer had it; if no message is found, in the other way of writing.
  case auto
  case same
  /// Receipts have in decimal what answers have in hexadecimal.
  case decimal
  /// Receipts have in hexadecimal what answers have in decimal.
  case hex

  /// How a name from an answer is kept: without case and leading zeros, which receipts add and drop.
  public static func kept(_ id: String) -> String {
    let id = id.lowercased()
    let significant = id.drop { $0 == "0" }
    return significant.isEmpty ? String(id.suffix(1)) : String(significant)
  }

  /// What the names of a receipt may be kept as, the likeliest first.
  ///
  /// - Returns: and whether each is only a guess, to be confirmed by the number.
  public func candidates(_ ids: [String]) -> [(id: String, isGuess: Bool)] {
    var found: [(id: String, isGuess: Bool)] = []
    func add(_ id: String?, isGuess: Bool) {
      if let id, !id.isEmpty, !found.contains(where: { $0.id == id }) { found.append((id, isGuess)) }
    }
    let fromDecimal = ids.map { UInt64($0).map { String($0, radix: 16) } }
    let fromHex = ids.map { UInt64($0, radix: 16).map { String($0) } }
    switch self {
    case .same: for id in ids { add(Self.kept(id), isGuess: false) }
    case .decimal: for id in fromDecimal { add(id, isGuess: false) }
    case .hex: for id in fromHex { add(id, isGuess: false) }
    case .auto:
      for id in ids { add(Self.kept(id), isGuess: false) }
      for id in fromDecimal + fromHex { add(id, isGuess: true) }
    }
    // The parameter may be right where the text is written otherwise, or the reverse.
    if self == .decimal || self == .hex { for id in ids { add(Self.kept(id), isGuess: true) } }
    return found
  }
}
