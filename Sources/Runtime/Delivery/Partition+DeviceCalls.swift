import Events
import Profiles
import RoostCore

extension Partition {
  package func devices(_ workspace: WorkspaceID, _ reference: PersonReference) throws(Problem) -> [JSONValue] {
    try person(workspace, reference).devices.map(\.json)
  }

  /// Records a device given through the management interface: `{"service":"apns","token":"…","app":"com.shop"}`, or a
  /// browser's `{"service":"web","subscription":{…}}`.
  package func putDevice(
    _ workspace: WorkspaceID, _ reference: PersonReference, _ body: JSONValue
  ) throws(Problem) -> [JSONValue] {
    try recordDevice(try Self.notice(body), body, of: try slot(workspace, reference), in: workspace)
    return try devices(workspace, reference)
  }

  /// Takes a device away, by its address `apns:TOKEN`; one that is not there is as good as taken away.
  package func removeDevice(
    _ workspace: WorkspaceID, _ reference: PersonReference, _ address: String
  ) throws(Problem) {
    let slot = try slot(workspace, reference)
    guard let device = loadState(slot)?.device(at: address),
      let notice = DeviceNotice(device.service, token: device.token, isGone: true)
    else { return }
    try recordDevice(notice, nil, of: slot, in: workspace)
  }

  private static func notice(_ body: JSONValue) throws(Problem) -> DeviceNotice {
    let services = PushService.allCases.map { "\"\($0.name)\"" }.joined(separator: ", ")
    guard let service = body["service"]?.string.flatMap({ PushService(name: $0) }) else {
      throw .invalid("/service", "a device's service is one of \(services)")
    }
    let subscription = body["subscription"]
    let token = (service == .web ? subscription?["endpoint"]?.string : nil) ?? body["token"]?.string ?? ""
    let keys = [subscription?["keys"]?["p256dh"]?.string, subscription?["keys"]?["auth"]?.string].compactMap(\.self)
    if service == .web, keys.count != 2 {
      throw .invalid(
        "/subscription",
        "a browser's device has the subscription as PushSubscription.toJSON() gives it: endpoint and keys")
    }
    let notice = DeviceNotice(
      service, token: token, keys: service == .web ? keys.joined(separator: ".") : "", app: body["app"]?.string ?? "")
    guard let notice else {
      throw .invalid("/token", "a token is 1 to \(DeviceNotice.tokenBytesMax) visible ASCII characters without spaces")
    }
    return notice
  }

  /// An identify call that says nothing else: it is in the log and the timeline as if the app had sent it.
  func recordDevice(
    _ notice: DeviceNotice, _ body: JSONValue?, of slot: Int, in workspace: WorkspaceID
  ) throws(Problem) {
    guard let symbols = symbols[workspace] else { throw Problem(.notFound, "there is no such workspace") }
    var writer = EventWriter()
    let id = Array("device-\(commit + 1)-\(table.slots[slot].person.text)".utf8)
    id.withUnsafeBytes {
      writer.begin(.identify, name: .none, timestamp: now(), receivedAt: now(), isHistorical: false, messageID: $0)
    }
    writer.beginFields()
    if let body, let symbol = symbols.intern("device") {
      writer.value(.context, symbol, .json(Self.context(body).text))
    }
    writer.value(.device, .none, .string(notice.text))
    writer.end()
    try commitInput(writer.bytes, of: slot, in: workspace)
  }

  /// As `context.device` of a call, so that an export can be taken in again.
  private static func context(_ body: JSONValue) -> JSONValue {
    .object((body.members ?? []).map { $0.key == "service" ? .init("provider", $0.value) : $0 })
  }
}
