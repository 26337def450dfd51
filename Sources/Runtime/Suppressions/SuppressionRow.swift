import Delivery
import Engine
import Events
import Profiles
import RoostCore

/// An address that gets nothing, as lists show it.
package struct SuppressionRow: Sendable {
  package var channel: ChannelKind
  /// `nil` if nobody has it any more and no message names it: then only its hash is known.
  package var address: String?
  package var hash: UInt64
  package var cause: AddressSuppression.Cause
  package var at: Instant
  package var message: IntentID?
  /// What was said when it came back.
  package var detail: String
  package var person: PersonLabel

  package var json: JSONValue {
    var members: [JSONValue.Member] = [.init("channel", .string(channel.rawValue))]
    if let address { members.append(.init("address", .string(address))) }
    members += [
      .init("addressHash", .string(PersonID(hash).text)), .init("reason", .string(cause.name)),
      .init("at", .string(at.text)), .init("person", .string(person.id)),
    ]
    if let message { members.append(.init("message", .string(message.text))) }
    if !detail.isEmpty { members.append(.init("detail", .string(detail))) }
    return .object(members)
  }
}

/// An address that somebody puts on the list.
package struct SuppressionRequest: Sendable {
  package var channel: ChannelKind
  package var address: String
  package var notice: SuppressionNotice
  package var detail: String
  /// Whose it is; `nil`: whoever is known by it.
  package var person: PersonReference?

  private static let addressBytesMax = 4_096
  private static let detailBytesMax = 300

  package init(
    channel: ChannelKind, address: String, notice: SuppressionNotice, detail: String = "",
    person: PersonReference? = nil
  ) {
    self.channel = channel
    self.address = address
    self.notice = notice
    self.detail = detail
    self.person = person
  }

  /// Reads `{"channel": "email", "address": "ann@example.com", "reason"?: "manual", "detail"?, "person"?}`.
  package init(json: JSONValue) throws(Problem) {
    guard let members = json.members else {
      throw .invalid("", "send an object such as {\"channel\": \"email\", \"address\": \"ann@example.com\"}")
    }
    for member in members where !["channel", "address", "reason", "detail", "person"].contains(member.key) {
      throw .invalid("/" + pointerToken(member.key), "unknown field; known: channel, address, reason, detail, person")
    }
    var person: PersonReference?
    if let text = json["person"]?.string {
      do throws(Problem) { person = try PersonReference(text) } catch { throw .invalid("/person", error.message) }
    }
    try self.init(
      channel: json["channel"]?.string ?? ChannelKind.email.rawValue, address: json["address"]?.string ?? "",
      reason: json["reason"]?.string ?? SuppressionNotice.manual.rawValue, detail: json["detail"]?.string ?? "",
      person: person)
  }

  package init(
    channel: String, address: String, reason: String, detail: String = "", person: PersonReference? = nil
  ) throws(Problem) {
    guard let kind = ChannelKind(rawValue: channel), kind != .webhook else {
      throw .invalid("/channel", "expected email, sms, push, telegram or inapp, found \"\(channel.prefix(40))\"")
    }
    guard let notice = SuppressionNotice(rawValue: reason), [.bounced, .complained, .manual].contains(notice) else {
      throw .invalid("/reason", "expected bounced, complained or manual, found \"\(reason.prefix(40))\"")
    }
    guard address.utf8.count <= Self.addressBytesMax, kind.isUsable(address) else {
      throw .invalid("/address", "this is no address for \(kind.rawValue)")
    }
    guard detail.utf8.count <= Self.detailBytesMax else {
      throw .invalid("/detail", "has at most \(Self.detailBytesMax) bytes")
    }
    self.init(channel: kind, address: address, notice: notice, detail: detail, person: person)
  }

  /// By what a person is known who has the address; `nil` where addresses are no identifiers.
  var identifier: (kind: IdentifierKind, value: String)? {
    switch channel {
    case .email: IdentifierRules.current.normalize(.email, address).map { (.email, $0) }
    case .sms: IdentifierRules.current.normalize(.phone, address).map { (.phone, $0) }
    case .push, .telegram, .webhook, .inapp: nil
    }
  }
}
