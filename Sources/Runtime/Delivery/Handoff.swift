import Channels
import Delivery
import Engine
import Liquid
import RoostCore

/// A claimed message on its way out.
struct Handoff: Sendable {
  var message: MessageRecord
  var channel: ClaimedChannel
  var rendering: MessageRendering?
  /// The device at the address, where it is one.
  var keys = ""
  var app = ""
  /// The person did not refuse `tracking`.
  var isTracked = true
  /// What the channel's own templates read of the person: an object.
  var person = LiquidValue.object([])
  /// The workspace's language.
  var language = ""

  /// Rendered here, on the courier's threads, not on the committer's.
  ///
  /// - Throws: if the template is gone or cannot be rendered.
  func content(_ links: LetterLinks? = nil) throws(Problem) -> MessageContent {
    guard let rendering else { throw Problem(.invalid, "the template \(message.template) is gone") }
    return try rendering.render(trackedURL: isTracked ? links?.trackedURL(of: message) : nil)
  }
}

/// A channel as it stood when messages were claimed for it.
struct ClaimedChannel: Sendable {
  var ref: ChannelRef
  /// As it is recorded: credentials are sealed.
  var document: Document
  var definition: ChannelDefinition
  /// The workspace's key.
  var workspace: String
}

/// What became of a claimed message, to be recorded.
struct HandoffResult: Sendable {
  var message: MessageRecord
  var channel: ChannelRef
  var outcome: TransportOutcome
}
