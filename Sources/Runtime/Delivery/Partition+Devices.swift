import Delivery
import Events
import Profiles
import RoostCore

extension Partition {
  /// Where else a message could go whose device is gone; `nil` if nowhere.
  func otherAddress(of message: MessageRecord) -> String? {
    guard let slot = table.find(message.workspace, message.person), var state = loadState(slot),
      let engine = compiled[message.workspace]
    else { return nil }
    state.devices.removeAll { $0.address == message.to }
    let other = engine.definitions.gate.route(of: message.channel).address(of: state)
    // Only devices have another one: whoever has one address has none besides it.
    return other == message.to ? nil : other
  }

  /// A push service said that the message's device is gone: an input to the person like any other.
  func forgetDevice(_ message: MessageRecord, since: Instant) throws(Problem) {
    guard let slot = slot(ofMessage: message), let state = loadState(slot), let device = state.device(at: message.to),
      let notice = DeviceNotice(device.service, token: device.token, isGone: true),
      let symbols = symbols[message.workspace]
    else { return }
    var writer = EventWriter()
    let id = Array("bounce-\(message.id.text)-\(message.attempts)".utf8)
    let name = symbols.intern(device.service == .telegram ? "Telegram Bounced" : "Push Notification Bounced") ?? .none
    id.withUnsafeBytes {
      writer.begin(.track, name: name, timestamp: since, receivedAt: now(), isHistorical: false, messageID: $0)
    }
    writer.beginFields()
    for (name, text) in [
      ("service", device.service.name), ("message_id", message.id.text), ("journey", message.journey),
      ("step", message.step), ("reason", message.detail),
    ] where !text.isEmpty {
      if let symbol = symbols.intern(name) { writer.value(.property, symbol, .string(text)) }
    }
    writer.value(.device, .none, .string(notice.text))
    writer.end()
    try commitInput(writer.bytes, of: slot, in: message.workspace)
  }

  /// Whoever keeps the address gave it another name: an input to the person like any other.
  func moveDevice(_ message: MessageRecord, to address: String) throws(Problem) {
    guard let slot = slot(ofMessage: message), let device = loadState(slot)?.device(at: message.to) else { return }
    let token = String(address.dropFirst(device.service.name.utf8.count + 1))
    let notices = [
      DeviceNotice(device.service, token: token, keys: device.keys, app: device.app),
      DeviceNotice(device.service, token: device.token, isGone: true),
    ]
    for notice in notices.compactMap(\.self) { try recordDevice(notice, nil, of: slot, in: message.workspace) }
  }

  /// Whoever has the message now: its person, or whom they were merged into.
  private func slot(ofMessage message: MessageRecord) -> Int? {
    var slot = table.find(message.workspace, message.person)
    while let known = slot, let next = loadState(known)?.redirect { slot = table.find(message.workspace, next) }
    return slot
  }
}
