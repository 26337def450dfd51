import Journeys
import RoostCore

/// One message to many people at once, as its author wrote it, checked: what `PUT …/broadcasts/{key}` keeps.
public struct BroadcastDefinition: Sendable, Equatable {
  public var key: String
  public var name: String
  /// Who gets it; `nil`: everybody.
  public var segment: String?
  /// Who does not, though in `segment`.
  public var exclude: String?
  /// A channel's key, or its kind.
  public var channel: String
  /// The template's key; "" where the variants are templates.
  public var template: String
  public var messageClass: MessageClass
  /// When it begins; `nil`: as soon as it is started.
  public var at: Instant?
  /// How fast people get their turn and messages are handed over; `nil`: as fast as the channel takes them.
  public var rate: SendRate?
  /// In quiet hours; `nil`: as the workspace's policies say.
  public var quiet: JourneyDefinition.HoldOrSkip?
  /// Over a cap; `nil`: as the cap says.
  public var over: JourneyDefinition.CapAnswer?
  /// Words that caps are written for.
  public var tags: [String]
  /// Who gets nothing, so that the effect can be measured. Besides the workspace's own share.
  public var holdout: Share
  public var test: VariantTest?

  /// Variants are tried with some; the best goes to everybody else.
  public struct VariantTest: Sendable, Equatable {
    public enum Variants: Sendable, Equatable {
      /// Subjects, with the one template.
      case subjects([String])
      /// Templates' keys.
      case templates([String])

      public var count: Int {
        switch self {
        case .subjects(let list), .templates(let list): list.count
        }
      }

      /// What the variant with this number, from 1, is told apart by.
      public subscript(number: Int) -> String {
        switch self {
        case .subjects(let list), .templates(let list): list.indices.contains(number - 1) ? list[number - 1] : ""
        }
      }
    }
    /// What decides.
    public enum Measure: String, Sendable, CaseIterable {
      case opened, clicked
    }
    public var variants: Variants
    /// How many of the audience the variants are tried with, all variants together.
    public var share: Share
    /// How long after the last of them had their turn.
    public var decideAfter: TimeSpan
    public var by: Measure
    /// The best one must be better than the first by so many percentage points; else the first wins.
    public var atLeast: Share
  }

  public static let variantsMax = 5
}

extension BroadcastDefinition {
  /// The key of the journey that a broadcast is made of; no journey that anybody puts is called so. A broadcast that was
  /// deleted and put again is another one: who had the first may get the second.
  public static func journeyKey(_ key: String, number: UInt32) -> String {
    number == 1 ? "broadcast:\(key)" : "broadcast:\(key):\(number)"
  }

  /// Whether messages of this journey are a broadcast's.
  public static func isJourney(_ key: String) -> Bool { key.utf8.starts(with: "broadcast:".utf8) }

  /// The template with a variant's subject: made when the broadcast starts.
  static func templateKey(_ key: String, number: UInt32, variant: Int) -> String {
    journeyKey(key, number: number) + ":variant-\(variant)"
  }

  /// The step of a variant, from 1; `nil` where there is but one way.
  static func step(ofVariant variant: Int?) -> String { variant.map { "variant-\($0)" } ?? "send" }

  /// The template of a variant.
  func template(ofVariant variant: Int?, number: UInt32) -> String {
    guard let variant, let test else { return template }
    switch test.variants {
    case .subjects: return Self.templateKey(key, number: number, variant: variant)
    case .templates(let keys): return keys[variant - 1]
    }
  }

  /// The journey's versions: 1 tries the variants, 2 is for all others.
  static let trialVersion: UInt32 = 1
  static let mainVersion: UInt32 = 2

  /// Splits evenly by lot.
  func trial(number: UInt32) -> JourneyDefinition? {
    guard let test else { return nil }
    let count = test.variants.count
    let ways = (1...count).map { variant in
      let share = Share.whole.hundredths * variant / count - Share.whole.hundredths * (variant - 1) / count
      return JourneyDefinition.Way(
        share: Share(hundredths: share), pointer: "/test", steps: [send(variant: variant, number: number)])
    }
    return journey(number, [.init(id: "test", pointer: "/test", action: .split(ways))])
  }

  /// - Parameter winner: of the test, if there was one.
  func main(winner: Int?, number: UInt32) -> JourneyDefinition {
    journey(number, [send(variant: winner, number: number)])
  }

  private func send(variant: Int?, number: UInt32) -> JourneyDefinition.Step {
    .init(
      id: Self.step(ofVariant: variant), pointer: "",
      action: .send(
        .init(channel: channel, template: template(ofVariant: variant, number: number), quiet: quiet, over: over)))
  }

  private func journey(_ number: UInt32, _ steps: [JourneyDefinition.Step]) -> JourneyDefinition {
    JourneyDefinition(
      broadcast: Self.journeyKey(key, number: number), name: name, messageClass: messageClass, holdout: holdout,
      rate: rate, tags: tags, steps: steps)
  }
}
