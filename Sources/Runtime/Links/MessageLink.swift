import RoostCore

/// What a link that leads from a message back to this installation stands for. `LinkSigner` makes it a token.
package enum MessageLink: Sendable, Hashable {
  /// `/u/`: no more messages of this kind.
  case unsubscribe(LinkOrigin)
  /// `/p/`: the preference centre.
  case preferences(LinkOrigin)
  /// `/o/`: the picture that says that a message was opened.
  case open(LinkOrigin)
  /// `/c/`: on to an address, noting that it was clicked, and by which label (`tracked_url`) if it has one.
  case click(LinkOrigin, url: String, label: String = "")
  /// `/c/`, posted: a push message was tapped. Known to the browser or app that got the message.
  case tap(LinkOrigin)
  /// The return path's token, in letters that may change case on the way.
  case bounce(WorkspaceID, IntentID)
  /// Where a channel's bounces may be posted.
  case inbound(WorkspaceID, channel: String)
  /// `https://t.me/BOT?start=`: whoever presses Start there is this person. Short: Telegram takes 64 characters.
  case telegram(WorkspaceID, PersonID, until: Instant)
  /// `/confirm/`: a consent is confirmed, for the address (as `AddressSuppression.hash` has it) that the message went to.
  case confirm(LinkOrigin, address: UInt64, issuedAt: Instant)
}

/// Whose message it was. Numbers only: nothing that names anybody outside.
package struct LinkOrigin: Sendable, Hashable {
  package var workspace: WorkspaceID
  package var person: PersonID
  /// `nil` for a link that belongs to no message.
  package var message: IntentID?

  package init(workspace: WorkspaceID, person: PersonID, message: IntentID?) {
    self.workspace = workspace
    self.person = person
    self.message = message
  }
}

extension MessageLink {
  /// The first byte of every token; another one when the layout or the key's derivation changes.
  static let version: UInt8 = 1
  /// How long a link to the bot holds.
  static let telegramLife = TimeSpan.days(30)
  /// Addresses longer than this are not worth a longer link: they stay as they are.
  static let urlBytesMax = 1_400

  private enum Purpose: UInt8 {
    case unsubscribe = 1, preferences, open, click, bounce, inbound, labelledClick
    case telegram = 20
    case confirm = 16
    case tap = 21
  }

  /// Version, purpose, workspace, then what the purpose needs.
  var payload: [UInt8] {
    switch self {
    case .unsubscribe(let origin): Self.payload(.unsubscribe, origin)
    case .preferences(let origin): Self.payload(.preferences, origin)
    case .open(let origin): Self.payload(.open, origin)
    case .tap(let origin): Self.payload(.tap, origin)
    case .click(let origin, let url, ""): Self.payload(.click, origin) + Array(url.utf8)
    case .click(let origin, let url, let label): Self.payload(.labelledClick, origin) + Self.labelled(label, url)
    case .bounce(let workspace, let message): Self.head(.bounce, workspace) + message.bytes
    case .inbound(let workspace, let channel): Self.head(.inbound, workspace) + Array(channel.utf8)
    case .telegram(let workspace, let person, let until): Self.payload(workspace, person, until)
    case .confirm(let origin, let address, let at): Self.payload(.confirm, origin) + Self.words(address, at)
    }
  }

  /// Longer labels are cut.
  static let labelBytesMax = 64

  private static func labelled(_ label: String, _ url: String) -> [UInt8] {
    var short = label
    while short.utf8.count > labelBytesMax { short.removeLast() }
    return [UInt8(short.utf8.count)] + Array(short.utf8) + Array(url.utf8)
  }

  /// Two numbers, big-endian.
  private static func words(_ address: UInt64, _ at: Instant) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(bigEndian: address)
    bytes.append(bigEndian: UInt64(bitPattern: at.milliseconds))
    return bytes
  }

  private static func head(_ purpose: Purpose, _ workspace: WorkspaceID) -> [UInt8] {
    var bytes: [UInt8] = [version, purpose.rawValue]
    bytes.append(varint: UInt64(workspace.number))
    return bytes
  }

  private static func payload(_ workspace: WorkspaceID, _ person: PersonID, _ until: Instant) -> [UInt8] {
    var bytes = head(.telegram, workspace)
    bytes.append(bigEndian: person.number)
    bytes.append(bigEndian: UInt64(max(0, until.milliseconds / 1_000)))
    return bytes
  }

  private static func payload(_ purpose: Purpose, _ origin: LinkOrigin) -> [UInt8] {
    var bytes = head(purpose, origin.workspace)
    bytes.append(bigEndian: origin.person.number)
    bytes.append(origin.message == nil ? 0 : 1)
    if let message = origin.message { bytes += message.bytes }
    return bytes
  }

  /// Reads what `payload` wrote; `nil` for anything else. The caller has checked the signature.
  init?(payload: [UInt8]) {
    do throws(MalformedBytes) {
      let link: MessageLink? = try Self.read(payload)
      guard let link else { return nil }
      self = link
    } catch { return nil }
  }

  private static func read(_ payload: [UInt8]) throws(MalformedBytes) -> MessageLink? {
    guard payload.count > 2, payload[0] == version, let purpose = Purpose(rawValue: payload[1]) else { return nil }
    var place = 2
    func number(_ count: Int) throws(MalformedBytes) -> UInt64 {
      guard place + count <= payload.count else { throw MalformedBytes(offset: place) }
      defer { place += count }
      return payload[place..<(place + count)].reduce(0) { $0 << 8 | UInt64($1) }
    }
    var workspace: UInt64 = 0
    var shift: UInt64 = 0
    repeat {
      let byte = try number(1)
      workspace |= (byte & 0x7F) << shift
      shift += 7
      if byte < 0x80 { break }
    } while shift < 35
    guard let number32 = UInt32(exactly: workspace) else { return nil }
    let id = WorkspaceID(number32)
    switch purpose {
    case .bounce: return .bounce(id, IntentID(high: try number(8), low: try number(8)))
    case .inbound: return .inbound(id, channel: String(decoding: payload[place...], as: UTF8.self))
    case .telegram:
      let (person, seconds) = (PersonID(try number(8)), try number(8))
      guard place == payload.count, seconds < 1 << 40 else { return nil }
      return .telegram(id, person, until: Instant(milliseconds: Int64(seconds) * 1_000))
    case .confirm:
      let person = PersonID(try number(8))
      let message = try number(1) == 0 ? nil : IntentID(high: try number(8), low: try number(8))
      let (address, at) = (try number(8), Instant(milliseconds: Int64(bitPattern: try number(8))))
      guard place == payload.count else { return nil }
      return .confirm(LinkOrigin(workspace: id, person: person, message: message), address: address, issuedAt: at)
    case .unsubscribe, .preferences, .open, .tap, .click, .labelledClick:
      let person = PersonID(try number(8))
      let message = try number(1) == 0 ? nil : IntentID(high: try number(8), low: try number(8))
      let origin = LinkOrigin(workspace: id, person: person, message: message)
      let label = purpose == .labelledClick ? Int(try number(1)) : 0
      guard place + label <= payload.count else { return nil }
      let (name, rest) = (payload[place..<(place + label)], payload[(place + label)...])
      guard purpose == .click || purpose == .labelledClick || rest.isEmpty else { return nil }
      switch purpose {
      case .unsubscribe: return .unsubscribe(origin)
      case .preferences: return .preferences(origin)
      case .open: return .open(origin)
      case .tap: return .tap(origin)
      default:
        guard let url = String(validating: rest, as: UTF8.self), let label = String(validating: name, as: UTF8.self)
        else { return nil }
        return .click(origin, url: url, label: label)
      }
    }
  }
}
