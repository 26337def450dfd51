import Channels
import Delivery
import Engine
import Liquid
import Profiles
import RoostCore

/// A claimed message on its way out. Shared, not copied, by all who carry it.
final class Handoff: Sendable {
  let message: MessageRecord
  let channel: ClaimedChannel
  let rendering: MessageRendering?
  /// The device at the address, where it is one.
  let device: Device?
  /// The person did not refuse `tracking`.
  let isTracked: Bool
  /// What the channel's own templates read of the person: an object.
  let person: LiquidValue
  /// The workspace's language.
  let language: String

  init(
    message: MessageRecord, channel: ClaimedChannel, rendering: MessageRendering?, device: Device?, isTracked: Bool,
    person: LiquidValue, language: String
  ) {
    self.message = message
    self.channel = channel
    self.rendering = rendering
    self.device = device
    self.isTracked = isTracked
    self.person = person
    self.language = language
  }

  /// Rendered here, on the courier's threads, not on the committer's.
  ///
  /// - Throws: if the template is gone or cannot be rendered.
  func content(_ links: LetterLinks? = nil) throws(Problem) -> MessageContent {
    guard let rendering else { throw Problem(.invalid, "the template \(message.template) is gone") }
    return try rendering.render(trackedURL: isTracked ? links?.trackedURL(of: message) : nil)
  }
}

/// A channel as it stood when messages were claimed for it.
final class ClaimedChannel: Sendable {
  let ref: ChannelRef
  /// As it is recorded: credentials are sealed.
  let document: Document
  let definition: ChannelDefinition
  /// The workspace's key.
  let workspace: String

  init(ref: ChannelRef, document: Document, definition: ChannelDefinition, workspace: String) {
    self.ref = ref
    self.document = document
    self.definition = definition
    self.workspace = workspace
  }
}

/// What became of a claimed message, to be recorded.
struct HandoffResult: Sendable {
  var message: IntentID
  /// Of the claim under which it was handed over.
  var token: UInt64
  var channel: ChannelRef
  var outcome: TransportOutcome
}
