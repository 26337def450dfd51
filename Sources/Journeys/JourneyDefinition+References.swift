import RoostCore
import Segments

extension JourneyDefinition {
  /// Everything outside the journey that it names, with the place: for checking that it exists before publication.
  public struct References: Sendable, Equatable {
    public struct Reference: Sendable, Equatable {
      public var key: String
      public var pointer: String
    }
    public var segments: [Reference] = []
    public var channels: [Reference] = []
    public var templates: [Reference] = []
  }

  public var references: References {
    var found = References()
    switch entry {
    case .segment(let key), .schedule(_, let key?):
      found.segments.append(.init(key: key, pointer: "/enter/segment"))
    case .event, .schedule, .api: break
    }
    for (index, rule) in exits.enumerated() {
      if case .segment(let key) = rule { found.segments.append(.init(key: key, pointer: "/exit/\(index)/segment")) }
    }
    forEachStep { found.collect($0) }
    return found
  }

  /// What is wrong if there is no such zone as the journey names; `nil` if there is.
  public func checkZone(_ zones: ZoneTable) -> Problem.Finding? {
    guard case .named(let name) = timezone, zones[name] == nil else { return nil }
    return .init(
      pointer: "/timezone", detail: "there is no zone \"\(name)\"; write person, or a name such as Europe/Rome")
  }

  /// The conditions of all branches: what a `SegmentProgram` must watch for them to be answered.
  public var conditions: [Expression] {
    var conditions: [Expression] = []
    forEachStep { step in
      guard case .branch(let cases) = step.action else { return }
      conditions += cases.compactMap(\.condition)
    }
    return conditions
  }
}

extension JourneyDefinition.References {
  fileprivate mutating func collect(_ step: JourneyDefinition.Step) {
    switch step.action {
    case .send(let send):
      if send.channel != JourneyDefinition.Send.best {
        channels.append(.init(key: send.channel, pointer: step.pointer + "/send/channel"))
      }
      if send.choices.isEmpty { templates.append(.init(key: send.template, pointer: step.pointer + "/send/template")) }
      for choice in send.choices {
        let pointer = step.pointer + "/send/template/" + pointerToken(choice.channel)
        channels.append(.init(key: choice.channel, pointer: pointer))
        templates.append(.init(key: choice.template, pointer: pointer))
      }
      guard case .instead(let channel, let template) = send.over else { return }
      channels.append(.init(key: channel, pointer: step.pointer + "/send/over/channel"))
      templates.append(.init(key: template, pointer: step.pointer + "/send/over/template"))
    case .webhook(_, let template):
      templates.append(.init(key: template, pointer: step.pointer + "/webhook/template"))
    case .branch(let cases):
      for branchCase in cases {
        let named = branchCase.condition?.referencedSegments ?? []
        segments += named.map { .init(key: $0, pointer: branchCase.pointer + "/if") }
      }
    case .wait, .waitUntil, .waitDate, .waitBestHour, .waitFor, .split, .set, .exit: break
    }
  }
}
