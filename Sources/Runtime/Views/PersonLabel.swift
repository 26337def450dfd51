import Profiles
import RoostCore

/// A person as lists name them.
package struct PersonLabel: Sendable, Hashable {
  package var id: String
  /// The best that is known: e-mail, user id, phone, or the id itself.
  package var label: String
}

extension PersonState {
  var label: PersonLabel {
    PersonLabel(id: id.text, label: email ?? userID ?? phone ?? id.text)
  }

  var lastSeenAt: Instant { counters.map(\.last).max() ?? createdAt }
}
