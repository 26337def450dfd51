import RoostCore

/// Which messages a cap counts together.
public enum CapScope: Sendable, Hashable {
  /// All marketing messages.
  case all
  /// Those of a channel, by its kind or its key.
  case channel(String)
  /// Those of a journey, by its key.
  case journey(String)
  /// Those with a label: `tag:spring`, `advertiser:acme`, `network`.
  case label(String)
  /// Those of the same channel, journey, tag or advertiser as the message in question: every one has a cap of its own.
  case each(Group)

  public enum Group: String, Sendable, CaseIterable {
    case channel, journey, tag, advertiser
  }

  /// Reads `all`, `class:marketing`, `channel:email`, `journey:welcome`, `tag:spring`, `advertiser:acme`, `network`,
  /// or a group's name alone; `nil` for anything else.
  public init?(text: String) {
    if text == "all" || text == "class:marketing" {
      self = .all
      return
    }
    if text == "network" {
      self = .label(text)
      return
    }
    guard let colon = text.firstIndex(of: ":") else {
      guard let group = Group(rawValue: text) else { return nil }
      self = .each(group)
      return
    }
    let name = String(text[text.index(after: colon)...])
    guard !name.isEmpty, name.utf8.count <= 128 else { return nil }
    switch text[..<colon] {
    case "channel": self = .channel(name)
    case "journey": self = .journey(name)
    case "tag", "advertiser": self = .label(text)
    default: return nil
    }
  }
}
