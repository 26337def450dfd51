import Delivery
import RoostCore

extension WorkspaceSources {
  /// The kind of a channel by its key, or of a name that is a kind itself; `nil` if it is neither.
  public func channelKind(_ key: String) -> ChannelKind? {
    if let type = latest(.channel, key)?.body["type"]?.string { return ChannelKind(channelType: type) }
    return ChannelKind(rawValue: key)
  }

  /// What is wrong with a channel and a template that are to be used together.
  func findings(
    channel: String, at channelPlace: String, template: String, at templatePlace: String
  ) -> [Problem.Finding] {
    var findings: [Problem.Finding] = []
    let kind = channelKind(channel)
    if kind == nil {
      findings.append(
        .init(
          pointer: channelPlace,
          detail: "there is no channel \"\(channel)\"; put it first, or use \"email\", which goes to the built-in "
            + "mailbox until a channel of that kind is there"))
    }
    guard let body = latest(.template, template)?.body else {
      findings.append(.init(pointer: templatePlace, detail: "there is no template \"\(template)\"; put it first"))
      return findings
    }
    if let kind, let other = body["channel"]?.string, other != kind.rawValue {
      findings.append(
        .init(
          pointer: templatePlace,
          detail:
            "the template \"\(template)\" is for \(other), and this goes out by \(kind.rawValue); name another one"))
    }
    return findings
  }
}
