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
    if case .segment(let key) = entry { found.segments.append(.init(key: key, pointer: "/enter/segment")) }
    for (index, rule) in exits.enumerated() {
      if case .segment(let key) = rule { found.segments.append(.init(key: key, pointer: "/exit/\(index)/segment")) }
    }
    Self.collect(steps, into: &found)
    return found
  }

  /// The conditions of all branches: what a `SegmentProgram` must watch for them to be answered.
  public var conditions: [Expression] { Self.conditions(of: steps) }

  private static func conditions(of steps: [Step]) -> [Expression] {
    steps.flatMap { step -> [Expression] in
      guard case .branch(let cases) = step.action else { return [] }
      return cases.flatMap { branchCase in
        (branchCase.condition.map { [$0] } ?? []) + conditions(of: branchCase.steps)
      }
    }
  }

  private static func collect(_ steps: [Step], into found: inout References) {
    for step in steps {
      switch step.action {
      case .send(let channel, let template):
        found.channels.append(.init(key: channel, pointer: step.pointer + "/send/channel"))
        found.templates.append(.init(key: template, pointer: step.pointer + "/send/template"))
      case .branch(let cases):
        for branchCase in cases {
          let place = branchCase.pointer + "/if"
          let named = branchCase.condition?.referencedSegments ?? []
          found.segments += named.map { .init(key: $0, pointer: place) }
          collect(branchCase.steps, into: &found)
        }
      case .wait, .waitUntil, .set, .exit: break
      }
    }
  }
}
