import Profiles
import RoostCore

/// Whose clocks count for a person, and how that is known.
public struct PersonZone: Sendable, Equatable {
  /// In the order in which they are asked.
  public enum Source: String, Sendable, Hashable, CaseIterable {
    /// The trait `timezone`, an IANA name.
    case trait
    /// The trait `device_timezone`: what the device said that the person was last seen at.
    case device
    /// The trait `country`: the zone in which most of its people live.
    case country
    /// The country of the telephone number.
    case phone
    /// Nothing is known: the workspace's.
    case workspace

    public var text: String {
      switch self {
      case .trait: "the trait timezone"
      case .device: "the device"
      case .country: "the trait country"
      case .phone: "the telephone number"
      case .workspace: "the workspace's setting"
      }
    }
  }

  public var rules: ZoneRules
  public var source: Source

  public init(_ rules: ZoneRules, _ source: Source) {
    self.rules = rules
    self.source = source
  }

  /// The best that is known of a person.
  ///
  /// - Parameter device: the workspace's name for the trait `device_timezone`; `nil` if nobody has it.
  public init(of person: PersonState, zones: ZoneTable, workspace: ZoneRules, device: Symbol?) {
    if case .string(let name)? = person.trait(.timezone), let zone = zones[name] {
      self.init(zone, .trait)
    } else if case .string(let name)? = device.flatMap({ person.trait($0) }), let zone = zones[name] {
      self.init(zone, .device)
    } else if case .string(let country)? = person.trait(.country), let zone = zones.zone(ofCountry: country) {
      self.init(zone, .country)
    } else if let phone = ChannelKind.sms.address(of: person), let zone = zones.zone(ofPhone: phone) {
      self.init(zone, .phone)
    } else {
      self.init(workspace, .workspace)
    }
  }

  public static func == (a: PersonZone, b: PersonZone) -> Bool { (a.rules.name, a.source) == (b.rules.name, b.source) }
}
