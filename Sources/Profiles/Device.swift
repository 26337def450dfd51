import Events
import RoostCore

/// Where push messages reach a person: an installation of an app, a browser, a chat.
public struct Device: Sendable, Equatable {
  public var service: PushService
  /// The service's address of it; see `DeviceNotice`.
  public var token: String
  /// A browser's `p256dh.auth`; empty for the others.
  public var keys: String
  /// Bundle or package name; empty if unknown.
  public var app: String
  /// The latest event that came from it.
  public var seenAt: Instant

  /// A person has no more at a time: the one that has been silent for longest makes room.
  public static let countMax = 20

  public init(_ service: PushService, token: String, keys: String = "", app: String = "", seenAt: Instant) {
    self.service = service
    self.token = token
    self.keys = keys
    self.app = app
    self.seenAt = seenAt
  }

  /// As messages name it: `apns:` and the token.
  public var address: String { "\(service.name):\(token)" }

  public var json: JSONValue {
    var members: [JSONValue.Member] = [.init("service", .string(service.name)), .init("token", .string(token))]
    if !app.isEmpty { members.append(.init("app", .string(app))) }
    members.append(.init("seenAt", .string(seenAt.text)))
    return .object(members)
  }
}

extension PersonState {
  /// The device most recently heard of, of those services, and of that app or of an unknown one.
  public func latestDevice(of services: [PushService], app: String? = nil) -> Device? {
    var latest: Device?
    for device in devices where services.contains(device.service) {
      if let app, !device.app.isEmpty, device.app != app { continue }
      if let known = latest, known.seenAt >= device.seenAt { continue }
      latest = device
    }
    return latest
  }

  /// The device of an address.
  public func device(at address: String) -> Device? { devices.first { $0.address == address } }

  /// Takes in what an event says about a device; whether an address came or went.
  ///
  /// A device that is gone leaves nothing behind: should an older event of it arrive later, it is back until its service
  /// says again that it is gone. Nothing else here depends on the order of arrival.
  mutating func note(_ notice: DeviceNotice, at time: Instant) -> Bool {
    guard notice.isGone else {
      return keep(Device(notice.service, token: notice.token, keys: notice.keys, app: notice.app, seenAt: time))
    }
    let index = devices.index(of: notice.service, notice.token)
    // Heard of since: it has been registered anew.
    guard index < devices.count, devices[index].isSame(notice.service, notice.token), devices[index].seenAt <= time
    else { return false }
    devices.remove(at: index)
    return true
  }

  /// Adds a device, or brings it up to date; whether its address is new.
  @discardableResult
  mutating func keep(_ device: Device) -> Bool {
    let index = devices.index(of: device.service, device.token)
    if index < devices.count, devices[index].isSame(device.service, device.token) {
      if (device.seenAt, device.keys, device.app) > (devices[index].seenAt, devices[index].keys, devices[index].app) {
        devices[index] = device
      }
      return false
    }
    devices.insert(device, at: index)
    guard devices.count > Device.countMax else { return true }
    let oldest = devices.indices.min { (devices[$0].seenAt, $0) < (devices[$1].seenAt, $1) }!
    let isNew = oldest != index
    devices.remove(at: oldest)
    return isNew
  }
}

extension Device {
  @inline(__always)
  fileprivate func isSame(_ service: PushService, _ token: String) -> Bool {
    self.service == service && self.token == token
  }
}

extension [Device] {
  fileprivate func index(of service: PushService, _ token: String) -> Int {
    firstIndex { ($0.service.rawValue, $0.token) >= (service.rawValue, token) } ?? count
  }
}

extension Device {
  var encodedBytesMax: Int {
    1 &+ PackedWriter.pairBytesMax &+ 3 &* PackedWriter.lengthBytesMax &+ token.utf8.count &+ keys.utf8.count
      &+ app.utf8.count
  }

  func encode(base: Instant, into writer: inout PackedWriter) {
    writer.byte(service.rawValue)
    writer.text(token)
    writer.text(keys)
    writer.text(app)
    writer.pair(seenAt.packed(after: base), 0)
  }

  init(decoding reader: inout PackedReader, base: Instant) {
    if let service = PushService(rawValue: reader.byte()) {
      self.service = service
    } else {
      service = .web
      reader.fail()
    }
    token = reader.text()
    keys = reader.text()
    app = reader.text()
    seenAt = Instant(packed: reader.pair().0, after: base)
  }
}
