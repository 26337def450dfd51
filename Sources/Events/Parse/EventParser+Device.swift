import RoostCore

extension EventParser {
  /// The trait that says in which time zone the person's device was, as it was last seen.
  public static let deviceTimezoneTrait = "device_timezone"
  /// Names of zones are shorter; the longest has 32 letters.
  static let zoneBytesMax = 64

  /// Notes where push messages reach the sender, from `context.device` as Segment's libraries send it: `type` (`ios`,
  /// `android`, `web`) and `token`; a browser's `subscription` as `PushSubscription.toJSON()` has it; `provider` (`apns`,
  /// `fcm`, `web`, `telegram`) where the type does not tell. What is no address stays context and no more.
  mutating func writeDevice(_ body: UnsafeRawBufferPointer, _ writer: inout EventWriter) -> Int {
    guard let place = contextMember("device", .json, body) else { return 0 }
    var found = DeviceMembers()
    do throws(JSONError) { try found.read(place, body, texts) } catch { return 0 }
    guard found.hasAddress, let service = found.service, let token = found.token else { return 0 }
    if found.app.isEmpty, let app = contextMember("app", .json, body) {
      do throws(JSONError) { try found.readApp(app, body, texts) } catch { return 0 }
    }
    let keys = found.publicKey.isEmpty || found.secret.isEmpty ? "" : "\(found.publicKey).\(found.secret)"
    guard let notice = DeviceNotice(service, token: token, keys: service == .web ? keys : "", app: found.app) else {
      return 0
    }
    writer.value(.device, .none, .string(notice.text))
    return 1
  }

  /// A member of the context, by name and what it is: the event's own before its batch's.
  func contextMember(_ name: StaticString, _ tag: FieldTag, _ body: UnsafeRawBufferPointer) -> JSONSlice? {
    if let found = context.fields.slice(name, tag, body) { return found }
    return common.fields.slice(name, tag, body)
  }
}

extension FieldTape {
  fileprivate func slice(_ name: StaticString, _ tag: FieldTag, _ body: UnsafeRawBufferPointer) -> JSONSlice? {
    guard count > 0 else { return nil }
    for field in fields where field.tag == tag && field.name.bytes(in: body).equals(name) { return field.slice }
    return nil
  }
}

/// The members of `context.device` that make an address.
private struct DeviceMembers {
  var type = ""
  var provider = ""
  var plainToken = ""
  var endpoint = ""
  var publicKey = ""
  var secret = ""
  var app = ""

  var hasAddress: Bool { !plainToken.isEmpty || !endpoint.isEmpty }

  var service: PushService? {
    if !provider.isEmpty { return PushService(name: provider.lowercased()) }
    switch type.lowercased() {
    case "ios", "ipados", "watchos", "tvos", "macos", "visionos": return .apns
    case "android": return .fcm
    case "web", "browser": return .web
    default: return endpoint.isEmpty ? nil : .web
    }
  }

  var token: String? {
    let text = service == .web && !endpoint.isEmpty ? endpoint : plainToken
    return text.isEmpty ? nil : text
  }

  mutating func read(
    _ place: JSONSlice, _ body: UnsafeRawBufferPointer, _ texts: TextArena
  ) throws(JSONError) {
    try Self.members(of: place.start, body, texts) { (key, value, text) throws(JSONError) in
      switch key {
      case "type": type = text
      case "provider": provider = text
      case "token": plainToken = text
      case "app": app = text
      case "subscription" where value.kind == .object: try readSubscription(value, body, texts)
      default: break
      }
    }
  }

  private mutating func readSubscription(
    _ place: JSONSlice, _ body: UnsafeRawBufferPointer, _ texts: TextArena
  ) throws(JSONError) {
    try Self.members(of: place.start, body, texts) { (key, value, text) throws(JSONError) in
      if key == "endpoint" { endpoint = text }
      guard key == "keys", value.kind == .object else { return }
      try Self.members(of: value.start, body, texts) { (key, _, text) throws(JSONError) in
        if key == "p256dh" { publicKey = text }
        if key == "auth" { secret = text }
      }
    }
  }

  /// `context.app.namespace`: the bundle or package name.
  mutating func readApp(_ place: JSONSlice, _ body: UnsafeRawBufferPointer, _ texts: TextArena) throws(JSONError) {
    try Self.members(of: place.start, body, texts) { (key, _, text) throws(JSONError) in
      if key == "namespace" { app = text }
    }
  }

  /// Calls `take` with each member's name, its value and, if that is a string or a number, its text.
  private static func members(
    of offset: Int, _ body: UnsafeRawBufferPointer, _ texts: TextArena,
    _ take: (String, JSONSlice, String) throws(JSONError) -> Void
  ) throws(JSONError) {
    var scanner = JSONScanner(body, offset: offset)
    guard try scanner.peek() == .object, try scanner.enterObject() else { return }
    repeat {
      let key = String(decoding: texts.text(try scanner.key(), in: body), as: UTF8.self)
      let value = try scanner.value()
      let hasText = value.kind == .string || value.kind == .number
      try take(key, value, hasText ? String(decoding: texts.text(value, in: body), as: UTF8.self) : "")
    } while try scanner.hasMember()
  }
}
