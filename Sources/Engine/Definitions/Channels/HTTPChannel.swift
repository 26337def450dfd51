import Events
import Liquid
import RoostCore

/// `sms.http`, `push.http`, `telegram.http`: a provider with an HTTP interface, described by a request with places for
/// values and by what its answers mean. `Channels` reads these documents; here is what decisions need of them.
public struct HTTPChannel: Sendable, Equatable {
  public var request: JSONValue
  /// `basic`, `bearer` or `header`.
  public var auth: JSONValue?
  /// What `{{ credentials.NAME }}` stands for: an object of texts.
  public var credentials: JSONValue
  /// A header that carries the message's id, where the provider knows repeated requests by one.
  public var idempotencyHeader: String?
  public var response: JSONValue?
  public var callback: JSONValue?
  public var address: AddressSource
  /// What the request reads of the person: names of traits; `nil`: all of them.
  public var traits: [String]?
  public var client: WebTargets

  init(_ reader: inout ChannelReader, _ kind: ChannelDefinition.Kind) {
    request = reader.value("request") ?? .null
    if request == .null {
      reader.refuse("request", "a channel of this type needs a request: method, url, headers, body")
    }
    auth = reader.value("auth")
    credentials = reader.value("credentials") ?? .object([])
    if credentials.members?.contains(where: { $0.value.string == nil }) ?? true {
      reader.refuse("credentials", "write an object of texts: {{ credentials.NAME }} shows them")
    }
    idempotencyHeader = reader.optionalText("idempotencyHeader", "name a header such as \"Idempotency-Key\"")
    response = reader.value("response")
    callback = reader.value("callback")
    address = AddressSource(&reader, isRequired: kind != .httpSMS)
    traits = Self.traits(in: request)
    client = WebTargets(&reader)
  }

  /// The names behind `person` in all templates of the request.
  private static func traits(in request: JSONValue) -> [String]? {
    var names: Set<String> = []
    var readsAll = false
    func look(_ value: JSONValue) {
      switch value {
      case .string(let source) where source.contains("person"):
        // What cannot be parsed is refused when the channel is put.
        let paths = (try? Template(parsing: source))?.variables ?? []
        for path in paths where path.parts[0] == "person" {
          if path.parts.count > 1 { names.insert(path.parts[1]) } else { readsAll = true }
        }
      case .array(let items): for item in items { look(item) }
      case .object(let members): for member in members { look(member.value) }
      default: break
      }
    }
    look(request)
    return readsAll ? nil : names.sorted()
  }
}

/// Where a channel finds a person's address.
public enum AddressSource: Sendable, Hashable {
  /// Where the kind usually has it: a phone number.
  case usual
  case trait(String)
  case identifier(IdentifierKind)
  /// `context.externalIds` of this type.
  case externalID(String)
  case devices([PushService])

  init(_ reader: inout ChannelReader, isRequired: Bool) {
    let remedy =
      "say where the address stands: {\"trait\": \"viber_id\"}, {\"identifier\": \"user\"}, "
      + "{\"externalId\": \"viber\"} or {\"device\": [\"apns\", \"fcm\"]}"
    self = .usual
    guard let value = reader.value("address") else {
      if isRequired { reader.refuse("address", remedy) }
      return
    }
    let member = value.members.flatMap { $0.count == 1 ? $0.first : nil }
    if let source = member.flatMap({ Self.source($0.key, $0.value) }) {
      self = source
    } else {
      reader.refuse("address", remedy)
    }
  }

  private static func source(_ name: String, _ value: JSONValue) -> AddressSource? {
    let text = value.string ?? ""
    switch name {
    case "trait": return text.isEmpty ? nil : .trait(text)
    case "identifier":
      let kinds: [IdentifierKind] = [.user, .email, .phone, .device, .anonymous]
      return kinds.first { $0.name == text }.map { .identifier($0) }
    case "externalId": return text.isEmpty ? nil : .externalID(text)
    case "device":
      let names = (value.array ?? [value]).map { $0.string ?? "" }
      let services = names.compactMap { PushService(name: $0) }
      return services.isEmpty || services.count != names.count ? nil : .devices(services)
    default: return nil
    }
  }
}
