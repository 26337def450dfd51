import Delivery
import RoostCore

/// How many messages there are of each sort.
package struct MessageFigures: Sendable, Equatable {
  /// A step of a journey's version, by its id.
  package struct Step: Hashable, Sendable {
    package var journey: String
    package var version: UInt32
    package var step: String

    package init(journey: String, version: UInt32, step: String) {
      self.journey = journey
      self.version = version
      self.step = step
    }
  }
  package var byStatus: [MessageStatus: Int] = [:]
  /// Messages decided at a step, whatever became of them.
  package var byStep: [Step: Int] = [:]
  /// Letters of the built-in mailbox.
  package var inMailbox = 0

  mutating func add(_ message: MessageRecord) {
    if message.isInMailbox { inMailbox += 1 }
    guard !message.isTest else { return }
    byStatus[message.status, default: 0] += 1
    byStep[Step(journey: message.journey, version: message.version, step: message.step), default: 0] += 1
  }

  /// Handed over to a channel, whatever came after.
  package var sent: Int {
    [.sent, .delivered, .opened, .clicked, .bounced, .complained].reduce(0) { $0 + (byStatus[$1] ?? 0) }
  }

  package var suppressed: Int { byStatus[.suppressed] ?? 0 }
}

extension Node {
  /// Counts all messages of a workspace, some thousand between two batches. Reads each of them: ask seldom.
  package func messageFigures(_ workspace: WorkspaceID) async throws(Problem) -> MessageFigures {
    var figures = MessageFigures()
    var from: MessagePlace? = .newest(workspace)
    while let place = from {
      let (counted, next) = try await perform { [figures] partition throws(Problem) in
        var counted = figures
        let next = try partition.visitMessages(from: place, stepsMax: 2_000) { message, _ in
          counted.add(message)
          return true
        }
        return (counted, next)
      }
      figures = counted
      from = next
    }
    return figures
  }
}
