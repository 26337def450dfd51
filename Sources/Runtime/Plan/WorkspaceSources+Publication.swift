import Delivery
import Engine
import Journeys
import RoostCore

extension WorkspaceSources {
  /// What a journey's newest version names and nobody has put, and templates that are for another kind of channel.
  func publicationFindings(of key: String) throws(Problem) -> [Problem.Finding] {
    guard let document = latest(.journey, key) else { return [] }
    let definition = try JourneyDefinition(json: document.body)
    let references = definition.references
    var findings: [Problem.Finding] = []
    for segment in references.segments where segments[segment.key] == nil {
      findings.append(.init(pointer: segment.pointer, detail: "there is no segment \"\(segment.key)\"; put it first"))
    }
    for template in references.templates where latest(.template, template.key) == nil {
      findings.append(
        .init(pointer: template.pointer, detail: "there is no template \"\(template.key)\"; put it first"))
    }
    for channel in references.channels where channelKind(channel.key) == nil {
      findings.append(
        .init(
          pointer: channel.pointer,
          detail: "there is no channel \"\(channel.key)\"; put it first, or use \"email\", which goes to the built-in "
            + "mailbox until a channel of that kind is there"))
    }
    definition.forEachStep { step in
      switch step.action {
      case .send(let send):
        findings += mismatch(send.channel, send.template, at: step.pointer + "/send/template")
        for choice in send.choices {
          findings += mismatch(
            choice.channel, choice.template, at: step.pointer + "/send/template/" + pointerToken(choice.channel))
        }
        guard case .instead(let channel, let template) = send.over else { return }
        findings += mismatch(channel, template, at: step.pointer + "/send/over/template")
      case .webhook(_, let template):
        findings += mismatch(ChannelKind.webhook.rawValue, template, at: step.pointer + "/webhook/template")
      default: return
      }
    }
    return findings
  }

  private func mismatch(_ channel: String, _ template: String, at pointer: String) -> [Problem.Finding] {
    guard let kind = channelKind(channel),
      let other = latest(.template, template)?.body["channel"]?.string,
      TemplateChannel(rawValue: other)?.kind != kind
    else { return [] }
    return [
      .init(
        pointer: pointer,
        detail: "the template \"\(template)\" is for \(other), and this goes out by \(kind.rawValue); name another one")
    ]
  }
}
