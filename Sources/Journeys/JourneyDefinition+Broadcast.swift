import RoostCore
import Segments

extension JourneyDefinition {
  /// What a broadcast is made of: one message for each person, and one run that says they had their turn.
  ///
  /// It has no file; nobody enters it but by `JourneyCause.broadcast`.
  ///
  /// - Parameters:
  ///   - key: of no journey that anybody can put.
  ///   - steps: one `send`, or a `split` with one in each way.
  package init(
    broadcast key: String, name: String, messageClass: MessageClass, holdout: Share, rate: SendRate?, tags: [String],
    steps: [Step]
  ) {
    self.init(
      key: key, name: name, entry: .api, again: .never, per: nil, messageClass: messageClass, holdout: holdout,
      // Of messages due at the same instant, those that somebody's own doing brought go first.
      timezone: .person, priority: 0, rate: rate, tags: tags, inside: .pin, exits: [], goal: nil,
      steps: steps, json: .null)
  }
}
